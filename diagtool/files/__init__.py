"""Files read within bounds, and written whole; text that is safe to print."""
