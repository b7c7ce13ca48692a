"""The load balancers that config is written for, one module each."""

from diagtool.config.balancers._balancer import (
    ANSWER,
    CERTIFICATE,
    CHECK_EVERY,
    CHECKS,
    CONNECT,
    FORWARDED,
    REST,
    Balancer,
    Pool,
    UnfitError,
    balancer,
    balancers,
    placeholders,
)
from diagtool.config.balancers._registry import config, filename, get, names

__all__ = [
    "ANSWER",
    "CERTIFICATE",
    "CHECKS",
    "CHECK_EVERY",
    "CONNECT",
    "FORWARDED",
    "REST",
    "Balancer",
    "Pool",
    "UnfitError",
    "balancer",
    "balancers",
    "config",
    "filename",
    "get",
    "names",
    "placeholders",
]
