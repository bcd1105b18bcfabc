"""`manage.py demo --check`: run a demo with data of its own, use it as a visitor would, say what works."""

import contextlib
import secrets
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import httpx
import psycopg
from django.core.management.base import OutputWrapper
from psycopg import sql

from marketplace import env
from marketplace.accounts.factors import current_code
from marketplace.demo import buying, processes
from marketplace.demo.loading import LOGINS
from marketplace.demo.visitor import Visitor, expect
from marketplace.kernel import database

LAST_LINES = 30
MAIL_SECONDS = 15

PRODUCTS = """
query Check($text: String! = "") {
  products(first: 24, filter: { text: $text }) {
    totalCount
    edges { node { slug title images(first: 1) { edges { node { url } } } } }
  }
}
"""
PRODUCT = """
query Check($slug: String!) {
  product(slug: $slug) { title price { amount currency } vendor { name } variants { edges { node { sku } } } }
}
"""
SIGN_UP = """
mutation Check($input: SignUpInput!) {
  signUp(input: $input) { __typename ... on Error { message } ... on SignUpSuccess { email } }
}
"""
VIEWER = "query Check { viewer { user { email } } }"


def health(visitor: Visitor) -> str:
    for page in ("/healthz", "/readyz"):
        answer = visitor.http.get(page)
        expect(answer.status_code == httpx.codes.OK, f"{page} answered {answer.status_code}")
    return "alive and ready"


def product_list(visitor: Visitor) -> str:
    products = visitor.ask(PRODUCTS)["products"]
    expect(products["edges"], "no product")
    first = products["edges"][0]["node"]
    visitor.slug = first["slug"]
    visitor.picture = first["images"]["edges"][0]["node"]["url"]
    return f"{products['totalCount']} products"


def search(visitor: Visitor) -> str:
    found = [edge["node"]["title"] for edge in visitor.ask(PRODUCTS, text="jumper")["products"]["edges"]]
    expect(found and all("jumper" in title.lower() for title in found), f"found {found}")
    return f"{len(found)} for 'jumper'"


def product_detail(visitor: Visitor) -> str:
    product = visitor.ask(PRODUCT, slug=visitor.slug)["product"]
    expect(product and product["variants"]["edges"], "no such product, or no variant")
    return f"{product['title']}, {product['price']['amount']} {product['price']['currency']}"


def picture(visitor: Visitor) -> str:
    answer = visitor.http.get(visitor.picture)
    kind = answer.headers.get("Content-Type", "")
    expect(answer.status_code == httpx.codes.OK and kind.startswith("image/"), f"{answer.status_code} {kind}")
    return f"{kind}, {len(answer.content) // 1024} KB"


def error_code(visitor: Visitor) -> str:
    answer = visitor.http.post("/graphql/", json={"query": "{ noSuchField }"})
    code = answer.json()["errors"][0]["extensions"]["code"]
    expect(code and "data" not in answer.json(), answer.text)
    return str(code)


def sign_up(visitor: Visitor) -> str:
    """The mail is the worker's work."""
    wanted = {"email": "newcomer@demo.example", "password": secrets.token_urlsafe(12)}
    outcome = visitor.ask(SIGN_UP, input=wanted)["signUp"]
    expect(outcome["__typename"] == "SignUpSuccess", f"{outcome}")
    deadline = time.monotonic() + MAIL_SECONDS
    while not list(visitor.mail.glob("*")):
        expect(time.monotonic() < deadline, "no mail was written")
        time.sleep(processes.GLANCE_SECONDS)
    return f"the worker wrote a mail to {outcome['email']}"


def log_in(visitor: Visitor) -> str:
    visitor.sign_in(LOGINS["buyer"])
    email = visitor.ask(VIEWER)["viewer"]["user"]["email"]
    expect(email == LOGINS["buyer"], f"signed in as {email}")
    return str(email)


def admin(visitor: Visitor) -> str:
    """In a browser of its own: by password and code."""
    with httpx.Client(base_url=visitor.http.base_url, timeout=30) as http:
        staff = Visitor(http, visitor.mail)
        asked = staff.http.get("/admin/", follow_redirects=True)
        expect(asked.url.path == "/account/sign-in", f"led to {asked.url}")
        staff.give_password(LOGINS["admin"], "SecondFactorRequiredError")
        expect(staff.http.get("/admin/").status_code != httpx.codes.OK, "opens by the password alone")
        # Another step signs in as well, and a code is good once: this one takes the code before.
        staff.give_code(current_code(LOGINS["secret"], steps=-1))
        opened = staff.http.get("/admin/")
        expect(opened.status_code == httpx.codes.OK, str(opened.status_code))
    return "opens by password and code"


STEPS: tuple[Callable[[Visitor], str], ...] = (
    health, product_list, search, product_detail, picture, error_code, admin, sign_up, *buying.AS_GUEST,
    log_in, *buying.AS_MEMBER,
)  # fmt: skip


def passes(out: OutputWrapper) -> bool:
    """Print a line for each step as it is taken; returns whether all of them worked.

    Uses a free port and data of its own, which are removed afterwards: a folder with an embedded server, or a
    new database on the server that DATABASE_URL names, whose user must then be allowed to create one.
    """
    port = processes.free_port()
    table = _Table(out)
    with contextlib.ExitStack() as surroundings:
        folder = Path(surroundings.enter_context(tempfile.TemporaryDirectory(prefix="marketplace-check-")))
        url = surroundings.enter_context(_throwaway_database())
        environment = env.inherited(VAR_DIR=str(folder / "var"), DATABASE_URL=url)
        written = surroundings.enter_context((folder / "output").open("w+b"))
        (demo,) = surroundings.enter_context(
            processes.running(
                {"demo": ["demo", "--port", str(port)]}, environment=environment, output=written
            )
        )
        if table.line("start", lambda: _start(port, demo)):
            _take_steps(table, port, folder / "var" / "mail")
        table.line("stop", lambda: _stop(port, demo, folder))
        if not table.is_good:
            lines = (folder / "output").read_text(encoding="utf-8", errors="replace").splitlines()
            out.write("\n".join(["", "The demo wrote:", *lines[-LAST_LINES:]]))
    return table.is_good


class _Table:
    def __init__(self, out: OutputWrapper) -> None:
        self.out = out
        self.is_good = True

    def line(self, name: str, step: Callable[[], str]) -> bool:
        """Take a step and print its outcome; returns whether it worked."""
        began = time.monotonic()
        try:
            mark, outcome = "ok  ", step()
        except Exception as fault:  # noqa: BLE001  # whatever is wrong with the demo is what the table is for
            mark, outcome = "FAIL", f"{type(fault).__name__}: {fault}"
        seconds = time.monotonic() - began
        self.out.write(f"{mark}  {name:<15} {seconds:6.2f} s  {outcome}")
        self.is_good = self.is_good and mark == "ok  "
        return mark == "ok  "


def _take_steps(table: _Table, port: int, mail: Path) -> None:
    with httpx.Client(base_url=f"http://localhost:{port}", timeout=30) as http:
        visitor = Visitor(http, mail)
        for step in STEPS:
            table.line(step.__name__.replace("_", " "), partial(step, visitor))


def _start(port: int, demo: processes.Running) -> str:
    processes.wait_until_ready(f"http://127.0.0.1:{port}", [demo])
    return f"at port {port}, with its data loaded"


def _stop(port: int, demo: processes.Running, folder: Path) -> str:
    """As Ctrl-C would; nothing may be left behind."""
    if demo.process.poll() is None:
        demo.process.send_signal(signal.SIGINT)
    status = demo.process.wait(timeout=processes.STOP_SECONDS)
    expect(status == 0, f"status {status}")
    expect(processes.is_free(port), "the port is still taken")
    expect(not list(folder.glob("var/postgres-*/postmaster.pid")), "the embedded server still runs")
    return "all processes ended"


@contextlib.contextmanager
def _throwaway_database() -> Iterator[str]:
    """A new database of the server that DATABASE_URL names; without one, nothing: the demo brings its own."""
    server = env.current().database_url
    if server is None:
        yield ""
        return
    name = f"marketplace_check_{secrets.token_hex(4)}"
    try:
        yield database.ensure_database(server, name)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )
