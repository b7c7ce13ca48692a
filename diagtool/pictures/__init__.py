"""Diagrams laid out, and written in every format."""
