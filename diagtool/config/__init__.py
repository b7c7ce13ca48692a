"""Config options: what they are, what they must be, and the files that hold them."""
