"""A real Chromium in front of the real server and a worker, on a database that is made for the package.

Tests share it as strangers share a shop: each opens vendors of its own. Nothing is emptied between them, for
the server and the worker would stand in the way.
"""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from django.db import connection
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from pytest_django import DjangoDbBlocker

from marketplace import env
from marketplace.demo import processes
from marketplace.kernel import database
from tests.browser.shop import Shop, open_shop
from tests.support.postgres import TEMPLATE

PROGRAMS = ("chromium", "chromium-browser")
PATIENCE_MS = 20_000
PHONE: Final[ViewportSize] = {"width": 360, "height": 740}
DESK: Final[ViewportSize] = {"width": 1200, "height": 900}
TAX_RATES = "DE:1900"

Visit = Callable[..., Page]


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where the shop is, and the folder its mail goes to."""

    address: str
    mail: Path


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without a Chromium one test is enough to say so."""
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    if here and _program() is None:
        config.hook.pytest_deselected(items=here[1:])
        items[:] = [item for item in items if item not in here[1:]]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The Chromium that is installed. Skips where there is none."""
    program = _program()
    if program is None:
        pytest.skip("the browser tier did not run: there is no chromium (apt-get install chromium)")
    # Chromium keeps root out of its sandbox, and in containers everyone is root.
    options = ["--no-sandbox"] if os.name == "posix" and os.geteuid() == 0 else []
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright runs an event loop in this thread, in which Django would rather not ask the database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=program, args=options)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def own_database(chromium: Browser, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A copy of the template, which Django's connection leads to meanwhile; its address."""
    template = str(env.current().database_url)
    name = f"marketplace_browser_{secrets.token_hex(4)}"
    with psycopg.connect(database.address(template, "postgres"), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
        with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
            connection.close()
            patch.setitem(connection.settings_dict, "NAME", name)
            yield database.address(template, name)
            connection.close()
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="package")
def site(own_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The production server and a worker."""
    port = processes.free_port()
    here = Site(address=f"http://localhost:{port}", mail=tmp_path_factory.mktemp("mail"))
    environment = env.inherited(
        DATABASE_URL=own_database,
        DEBUG="false",
        EMAIL_URL=f"file://{here.mail}",
        LOG_LEVEL="WARNING",
        SERVE_MEDIA="true",
        SITE_URL=here.address,
        TAX_RATES=TAX_RATES,
        WEB_PROCESSES="1",
    )
    commands = {"server": ["serve", "--port", str(port)], "worker": ["worker", "--grace", "1"]}
    with processes.running(commands, environment=environment) as started:
        processes.wait_until_ready(f"http://127.0.0.1:{port}", started)
        yield here
        processes.refuse_ended(started)


@pytest.fixture
def shop(site: Site) -> Shop:
    """Three vendors of this test alone."""
    return open_shop()


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Visit]:
    """Opens browsers that know nothing of each other, each at its own page; options are Playwright's."""
    with ExitStack() as opened:

        def open_page(**options: Any) -> Page:
            context = chromium.new_context(**{"base_url": site.address, "viewport": DESK} | options)
            opened.callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            page = context.new_page()
            page.on("pageerror", lambda fault: pytest.fail(f"a script failed: {fault}"))
            return page

        yield open_page


def _program() -> str | None:
    return next(filter(None, map(shutil.which, PROGRAMS)), None)
