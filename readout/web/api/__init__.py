"""What programs ask, as JSON: the same rows that exports write. It must not change anything."""
