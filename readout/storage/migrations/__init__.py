"""What brings a database from one shape to the next. A migration that was released is never edited."""
