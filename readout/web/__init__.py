"""The page to look at, and to stop alerts by. It must not hold data of its own: it reads and writes through storage."""
