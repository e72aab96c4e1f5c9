"""From an article to the meetings it reports; opens no file and knows no network, database or clock."""
