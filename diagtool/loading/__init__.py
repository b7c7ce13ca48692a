"""YAML to a topology, with each problem and its place."""
