"""Sentences written by hand, held against the topology."""

from diagtool.checks.prose.linter import RULES, lint, unjudged

__all__ = ["RULES", "lint", "unjudged"]
