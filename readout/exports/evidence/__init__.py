"""Evidence packs: one meeting with its pages, its texts and the words it was read from, to be checked by anybody."""
