"""Libraries that choose a driver by a URL's scheme, with what each of them can do.

An option whose value is such a URL, ``kazoo://host:2181``, is nothing but text to a config
parser: a scheme that nobody knows, or one that cannot do what is asked of it, comes up when
the service starts, or later. The tables are those of the releases that they name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from diagtool.model.value import value

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+._-]*)://")

CAPABILITIES: Mapping[str, str] = {
    "groups": "let servers join a group and see who else is in it",
    "locks": "hold a lock",
    "leaders": "elect one server of a group",
    "rpc": "call another server and bring its answer back",
    "notifications": "send notifications",
    "blocking": "be used without asyncio",
    "hosts": "be shared by servers on several hosts",
}
"""What a driver may be needed for, each said after "cannot"."""


@value
class Library:
    """A library's drivers: what each can do, by scheme.

    ``release`` is the one that the table was made from, ``source`` where that can be seen.
    """

    name: str
    release: str
    source: str
    schemes: Mapping[str, frozenset[str]]

    def able(self, needs: frozenset[str]) -> tuple[str, ...]:
        """The schemes whose drivers can do all that is needed."""
        return tuple(scheme for scheme, can in self.schemes.items() if needs <= can)


def scheme(url: str) -> str:
    """The scheme of a URL, empty where it has none."""
    match = _SCHEME.match(url)
    return match[1] if match else ""


def _table(**rows: str) -> dict[str, frozenset[str]]:
    """What is listed under each capability, by scheme."""
    able: dict[str, set[str]] = {}
    for capability, schemes in rows.items():
        for scheme in schemes.split():
            able.setdefault(scheme, set()).add(capability)
    return {scheme: frozenset(able[scheme]) for scheme in sorted(able)}


def _dialects(drivers: Mapping[str, str]) -> str:
    """Each dialect alone, and with each of its drivers."""
    return " ".join(
        " ".join([dialect, *(f"{dialect}+{driver}" for driver in names.split())])
        for dialect, names in drivers.items()
    )


_MYSQL = "cymysql mariadbconnector mysqlconnector mysqldb pymysql pyodbc"
_SERVERS = _dialects(
    {
        "mariadb": _MYSQL,
        "mssql": "mssqlpython pymssql pyodbc",
        "mysql": _MYSQL,
        "oracle": "cx_oracle oracledb",
        "postgresql": "pg8000 psycopg psycopg2 psycopg2cffi",
    }
)
_ASYNC_SERVERS = (
    "mariadb+aiomysql mariadb+asyncmy mssql+aioodbc mysql+aiomysql mysql+asyncmy "
    "oracle+oracledb_async postgresql+asyncpg postgresql+psycopg_async"
)
_GROUPS = "etcd3+http etcd3+https kazoo memcached redis zookeeper"

LIBRARIES: Mapping[str, Library] = {
    library.name: library
    for library in (
        Library(
            "tooz",
            "9.1",
            "the entry points ``tooz.backends``, and which methods each driver has; "
            "https://docs.openstack.org/tooz/latest/user/compatibility.html",
            _table(
                groups=f"{_GROUPS} file",
                locks=f"{_GROUPS} file ipc kubernetes mysql postgresql",
                leaders="kazoo memcached redis zookeeper",
                hosts=f"{_GROUPS} kubernetes mysql postgresql",
            ),
        ),
        Library(
            "oslo.messaging",
            "18.3",
            "the entry points ``oslo.messaging.drivers``, and which methods each driver has",
            _table(
                rpc="fake kombu rabbit",
                notifications="fake kafka kombu rabbit",
                hosts="kafka kombu rabbit",
            ),
        ),
        Library(
            "sqlalchemy",
            "2.1",
            "the modules of ``sqlalchemy.dialects``; https://docs.sqlalchemy.org/dialects/",
            _table(
                blocking=f"{_SERVERS} {_dialects({'sqlite': 'pysqlcipher pysqlite'})}",
                hosts=f"{_SERVERS} {_ASYNC_SERVERS}",
            )
            | {"sqlite+aiosqlite": frozenset()},
        ),
    )
}
"""The libraries by name."""
