"""The embedded PostgreSQL: real servers on folders of their own, shared, left and killed."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from marketplace import env
from marketplace.kernel import database

USER = """
import sys
from pathlib import Path
from typing import LiteralString
from marketplace.kernel import database
with database.embedded_server(Path(sys.argv[1]), version=18, options=database.THROWAWAY) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Initialised once, for that is slow. Not pytest's own: the server's user may not enter its parents."""
    with tempfile.TemporaryDirectory(prefix="marketplace-database-") as path:
        yield Path(path) / "data"


@contextmanager
def user(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that uses the server on the folder until its standard input ends."""
    process = subprocess.Popen(  # noqa: S603  # our own program
        [sys.executable, "-c", USER, str(folder)],
        cwd=env.PROJECT_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
    finally:
        process.communicate(timeout=60)


def server_process(folder: Path) -> int | None:
    """The server that runs on the folder, if one does."""
    try:
        return int((folder / "postmaster.pid").read_text().splitlines()[0])
    except FileNotFoundError:
        return None


def ask(url: str, question: LiteralString) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
    return row and row[0]


def test_processes_share_one_server_and_the_last_stops_it(folder: Path) -> None:
    with user(folder) as (_, first_url):
        running = server_process(folder)
        with user(folder) as (_, second_url):
            assert (second_url, server_process(folder)) == (first_url, running)
        assert server_process(folder) == running is not None
        assert ask(first_url, "SELECT 1") == 1
    assert server_process(folder) is None


def test_a_killed_process_does_not_keep_the_server_alive(folder: Path) -> None:
    with user(folder) as (_, url):
        with user(folder) as (killed, _):
            killed.kill()
        assert ask(url, "SELECT 1") == 1
    assert server_process(folder) is None


def test_a_server_whose_only_user_was_killed_is_joined_with_its_data(folder: Path) -> None:
    with user(folder) as (killed, url):
        database.ensure_database(url, "kept")
        killed.kill()
    orphan = server_process(folder)
    assert orphan is not None
    with user(folder) as (_, again):
        assert server_process(folder) == orphan
        assert ask(database.address(again, "kept"), "SELECT current_database()") == "kept"
    assert server_process(folder) is None


@pytest.mark.parametrize("version", [16, 18])
def test_each_version_knows_letters_beyond_ascii(folder: Path, version: int) -> None:
    place = folder if version == 18 else folder.with_name(str(version))
    with database.embedded_server(place, version=version, options=database.THROWAWAY) as server:
        url = database.ensure_database(server, "letters")
        assert database.ensure_database(server, "letters") == url
        assert ask(url, "SELECT current_setting('server_version_num')::int / 10000") == version
        assert ask(url, "SELECT lower('É')") == "é"
        assert ask(url, "SELECT current_setting('fsync')") == "off"
    assert server_process(place) is None


def test_connection_settings_reads_an_address() -> None:
    url = "postgresql://eve:s%40fe@db.example:5433/shop?sslmode=require&application_name=web"
    assert database.connection_settings(url) == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "shop",
        "USER": "eve",
        "PASSWORD": "s@fe",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require", "application_name": "web"},
    }


def test_connection_settings_reads_a_socket() -> None:
    settings = database.connection_settings("postgresql://postgres:@/shop?host=/run/postgres")
    assert (settings["HOST"], settings["NAME"], settings["PORT"]) == ("/run/postgres", "shop", "")


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("postgresql://db.example", "names no database"),
        ("postgresql://db.example/shop?nonsense=1", "cannot be read"),
        ("nonsense", "cannot be read"),
    ],
)
def test_connection_settings_refuses_what_is_no_address(url: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        database.connection_settings(url)


def test_address_names_another_database_of_the_server() -> None:
    assert database.address("postgresql://u@h:1/a?x=y", "b") == "postgresql://u@h:1/b?x=y"
