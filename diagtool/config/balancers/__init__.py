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
    balancer,
    balancers,
    placeholders,
)
from diagtool.config.balancers._registry import config, filename, fitting, get, left_out, names

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
    "balancer",
    "balancers",
    "config",
    "filename",
    "fitting",
    "get",
    "left_out",
    "names",
    "placeholders",
]
