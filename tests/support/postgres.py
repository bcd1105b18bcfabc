"""A pytest plugin: one PostgreSQL for the whole session, and a migrated template every worker copies.

Without DATABASE_URL it runs the embedded server on a folder of its own, so that sessions never meet.
It acts before pytest-django reads the settings, and leaves the address in the environment for the workers.
"""

import atexit
import contextlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from marketplace import env
from marketplace.kernel import append_only, database
from tests.support import kept

TEMPLATE = "marketplace_template"
WORKER = "PYTEST_XDIST_WORKER"
_session = contextlib.ExitStack()
# A configuration that fails never reaches pytest_unconfigure, and must not leave a server behind.
atexit.register(_session.close)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Start or find the server and build the template; xdist's workers inherit both."""
    options = early_config.known_args_namespace
    if WORKER in env.inherited() or options.help or options.version or options.collectonly:
        return
    server = env.current().database_url or _start_embedded()
    env.export("DATABASE_URL", _build_template(server))
    env.export("SECRET_KEY", "tests-only")
    env.export("VAR_DIR", _folder("files"))
    env.export("PAYMENTS_SANDBOX", "allow")


def pytest_unconfigure() -> None:
    _session.close()


def _folder(purpose: str) -> str:
    path = tempfile.mkdtemp(prefix=f"marketplace-{purpose}-")
    _session.callback(shutil.rmtree, path, ignore_errors=True)
    return path


def _start_embedded() -> str:
    return _session.enter_context(
        database.embedded_server(
            Path(_folder("postgres")) / "data",
            version=env.current().pgserver_postgres_version,
            options=database.THROWAWAY,
        )
    )


def _build_template(server: str) -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(TEMPLATE)))
    template = database.ensure_database(server, TEMPLATE)
    version = None if env.current().database_url else env.current().pgserver_postgres_version
    if version and kept.restore(template, version=version):
        return template
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=env.PROJECT_DIR,
        env=env.inherited(DATABASE_URL=template),
        check=True,
    )
    _let_tests_empty_tables(template)
    if version:
        kept.keep(template, version=version)
    return template


def _let_tests_empty_tables(template: str) -> None:
    """Switch off the triggers that refuse TRUNCATE: it is how Django cleans up after tests that commit."""
    with psycopg.connect(template) as connection:
        tables = connection.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = %s", [append_only.TRUNCATE_TRIGGER]
        )
        for (table,) in tables.fetchall():
            connection.execute(
                sql.SQL("ALTER TABLE {} DISABLE TRIGGER {}").format(
                    sql.Identifier(table), sql.Identifier(append_only.TRUNCATE_TRIGGER)
                )
            )
