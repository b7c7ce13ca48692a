"""How fast diagtool is, measured against its peers: ``python -m bench``."""
