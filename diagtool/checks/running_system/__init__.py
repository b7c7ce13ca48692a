"""What runs against what a topology says: a snapshot is read, matched and compared."""

from diagtool.checks.running_system.verifying import Held, hold

__all__ = ["Held", "hold"]
