"""A first topology from the files that people have."""
