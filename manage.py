#!/usr/bin/env python
"""The one entry point: `manage.py demo` runs the marketplace, `manage.py help` lists the rest."""

import sys

from django.core.management import execute_from_command_line

from marketplace import env
from marketplace.kernel import database

# Commands that never touch a database, so that no server is started for them.
WITHOUT_DATABASE = frozenset({"collectstatic", "compilemessages", "diffsettings", "help", "makemessages", "version"})


def main() -> None:
    """Run a Django command, on the embedded PostgreSQL unless DATABASE_URL names a server."""
    env.export("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    environment = env.current()
    if environment.database_url or command in WITHOUT_DATABASE or command.startswith("-"):
        execute_from_command_line(sys.argv)
        return
    version = environment.pgserver_postgres_version
    with database.embedded_server(environment.embedded_directory, version=version) as server:
        env.export("DATABASE_URL", database.ensure_database(server, database.DATABASE_NAME))
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
