"""A topology shown in a browser while it is written."""
