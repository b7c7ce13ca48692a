"""Whether files are what their topology says: proved, contradicting it, or not proved."""

from diagtool.checks.verify.files import Result, verdict, verify
from diagtool.checks.verify.judge import Judge
from diagtool.checks.verify.remaking import Given
from diagtool.checks.verify.site import Sites

__all__ = ["Given", "Judge", "Result", "Sites", "verdict", "verify"]
