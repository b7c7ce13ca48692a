"""Sphinx configuration of the example; build it with ``sphinx-build -n -W . _build``."""

project = "Web shop"
extensions = ["diagtool.sphinxext"]
topo_topologies = {"webshop": "topology"}
html_theme = "furo"
exclude_patterns = ["_build"]
