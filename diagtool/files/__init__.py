"""Files read within bounds, and written whole."""
