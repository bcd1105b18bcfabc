"""`uv run python -m bench`: measure, on a database that is made for it and thrown away.

Without DATABASE_URL an embedded server of its own is started, which waits for no disk (reads do not, either
way); with it, a database of another name is made on that server and dropped at the end.
"""

import contextlib
import json
import logging
import secrets
import shlex
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import django
import psycopg
from django.utils.module_loading import import_string
from psycopg import sql

from bench.plan import read
from marketplace import env
from marketplace.kernel import database


def main() -> None:
    """Run the benchmark; exits with 1 when a request was answered by an error."""
    plan = read(sys.argv[1:])
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    with contextlib.ExitStack() as surroundings:
        folder = Path(tempfile.mkdtemp(prefix="marketplace-bench-"))
        surroundings.callback(shutil.rmtree, folder, ignore_errors=True)
        where = prepare(surroundings, folder)
        # Loaded by name: its modules need the settings, and those the address of the database.
        django.setup()
        logging.disable(logging.INFO)  # the requests answered in this process; the servers log as ever
        run = import_string("bench.run.run")(plan, folder=folder, command=_command(), database=where)
    tables: str = import_string("bench.report.markdown")(run)
    sys.stderr.write(f"\n{tables}")
    sys.stdout.write(f"{json.dumps(run.document(), indent=2)}\n")
    if plan.markdown:
        plan.markdown.write_text(tables, encoding="utf-8")
    sys.exit(1 if run.problems() else 0)


def prepare(surroundings: contextlib.ExitStack, folder: Path) -> str:
    """Name the database and the production settings in the environment, for us and the servers we start.

    Returns in words which database it is.
    """
    environment = env.current()
    name = f"marketplace_bench_{secrets.token_hex(4)}"
    described = "embedded, without fsync"
    if environment.database_url is None:
        server = surroundings.enter_context(
            database.embedded_server(
                folder / "postgres",
                version=environment.pgserver_postgres_version,
                options=database.THROWAWAY,
            )
        )
    else:
        server, described = environment.database_url, "DATABASE_URL"
        surroundings.callback(_drop, server, name)
    env.export("DATABASE_URL", database.ensure_database(server, name))
    for variable, value in {
        "DJANGO_SETTINGS_MODULE": "marketplace.settings",
        "DEBUG": "off",
        "SITE_URL": "http://localhost:8000",
        "ALLOWED_HOSTS": "localhost",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "VAR_DIR": str(folder / "var"),
        "PAYMENT_PROVIDER": "sandbox",
        "PAYMENTS_SANDBOX": "allow",
        # One address is all the buyers there are; they are counted, and never refused.
        "CART_CHANGES_A_MINUTE": "1000000",
        "ORDERS_A_MINUTE": "1000000",
        "PAYMENTS_A_MINUTE": "1000000",
    }.items():
        env.export(variable, value)
    return described


def _drop(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _command() -> str:
    return shlex.join(["uv", "run", "python", "-m", "bench", *sys.argv[1:]])


if __name__ == "__main__":
    main()
