"""The files that are made from a deployment, one module for each program."""

from diagtool.config.deployment._files import File, files, firewall

__all__ = ["File", "files", "firewall"]
