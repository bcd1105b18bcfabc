#!/usr/bin/env python
"""The one entry point: `manage.py demo` runs the marketplace, `manage.py help` lists the rest."""

import contextlib
import signal
import sys
import tempfile

from django.core.management import execute_from_command_line

from marketplace import env
from marketplace.kernel import database

# Commands that never touch a database, so that no server is started for them.
WITHOUT_DATABASE = frozenset(
    {"collectstatic", "compilemessages", "diffsettings", "help", "makemessages", "version"}
)


def main() -> None:
    """Run a Django command, on the embedded PostgreSQL unless DATABASE_URL names a server."""
    env.export("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    with contextlib.ExitStack() as surroundings:
        if command == "serve":
            # Here all web processes count, so that /metrics tells of all whichever answers. prometheus_client
            # looks for the folder once, when it is imported.
            metrics = tempfile.TemporaryDirectory(prefix="marketplace-metrics-")
            env.export("PROMETHEUS_MULTIPROC_DIR", surroundings.enter_context(metrics))
        if env.current().database_url is None and not _does_without_database(command):
            _start_database(surroundings)
        execute_from_command_line(sys.argv)


def _does_without_database(command: str) -> bool:
    """`demo --check` runs a demo of its own, on a database of its own."""
    is_check = command == "demo" and "--check" in sys.argv
    return is_check or command in WITHOUT_DATABASE or command.startswith("-")


def _start_database(surroundings: contextlib.ExitStack) -> None:
    """Start or join the embedded server and name it in the environment; SIGTERM leaves it properly, too."""
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    environment = env.current()
    server = surroundings.enter_context(
        database.embedded_server(
            environment.embedded_directory, version=environment.pgserver_postgres_version
        )
    )
    env.export("DATABASE_URL", database.ensure_database(server, database.DATABASE_NAME))
    env.export("DATABASE_IS_EMBEDDED", "true")


if __name__ == "__main__":
    main()
