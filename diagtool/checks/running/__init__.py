"""What runs against what a topology says: a snapshot is read, matched and compared."""

from diagtool.checks.running.verifying import Held, hold

__all__ = ["Held", "hold"]
