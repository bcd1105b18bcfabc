"""The course of the demo: migrate, load, serve, tell where to look, and wait to be stopped."""

import time
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import OutputWrapper
from django.db import connection

from marketplace import env
from marketplace.accounts.factors import current_code
from marketplace.accounts.models import User
from marketplace.demo import catalogue, loading, painting, praising, processes

WATCH_SECONDS = 0.5

WELCOME = """
  The marketplace is open:

    Shop and addresses   {address}/
    GraphQL              {address}/graphql/
    Admin                {address}/admin/

  Sign in with the password  {password}

    Buyer                {buyer}
    Vendor's staff       {staff}   ({vendor})
    Admin                {admin}
      its second factor  {code}   (the code now; type the key {secret} into an app for others)

  Pay with the test card  4242 4242 4242 4242, any date to come, any three digits.
  4000 0000 0000 0002 is declined, 4000 0025 0000 3155 asks at the bank first. No money moves.

  Mail it sends is kept in {mail}
  LOG_LEVEL=INFO before the command shows every request and job.
  Press Ctrl-C to stop. What you change is still here next time.
"""


# In basis points, so that a cart shows what tax does.
TAX_RATES = "AT:2000,CZ:2100,DE:1900,FR:2000,NO:2500"


class CannotShow(Exception):  # noqa: N818  # it names what is the matter
    """The demo cannot run here; the message says why and what to do."""


def run(*, port: int, out: OutputWrapper) -> None:
    """Run the demo until SIGINT or SIGTERM, then stop everything it started.

    Side effects: migrates the database, loads the demo catalogue where it is missing, starts a web server and
    a worker. Raises CannotShow, ProcessEnded, TimeoutError.
    """
    if not processes.is_free(port):
        raise CannotShow(f"Port {port} is taken. Choose another: manage.py demo --port {port + 1}")
    with processes.interruptible():
        try:
            _prepare(out)
            _serve(port, out)
        except KeyboardInterrupt:
            out.write("\nStopped.")


def environment(port: int) -> dict[str, str]:
    """What the demo's processes are told. Of the shell's settings of these names only LOG_LEVEL counts."""
    return processes.child_environment(
        DEBUG="false",
        SITE_URL=f"http://localhost:{port}",
        ALLOWED_HOSTS="localhost,127.0.0.1,[::1]",
        TRUSTED_PROXIES="0",
        SERVE_MEDIA="true",
        PAYMENT_PROVIDER="sandbox",
        PAYMENTS_SANDBOX="allow",
        TAX_RATES=TAX_RATES,
        STATIC_DIR="",
        EMAIL_URL=f"file://{_mail_folder()}",
        LOG_FORMAT="console",
        LOG_LEVEL=env.inherited().get("LOG_LEVEL") or "WARNING",
    )


def _mail_folder() -> Path:
    return env.current().var_dir / "mail"


def _prepare(out: OutputWrapper) -> None:
    out.write("Migrating the database ...")
    call_command("migrate", verbosity=0, interactive=False)
    _refuse_foreign_database()
    goods = catalogue.read()
    if missing := loading.missing_products(goods):
        out.write(f"Loading {len(missing)} products and drawing their pictures ...")
    with painting.gallery() as gallery:
        loading.load(goods, gallery)
    if orders := loading.remember(goods):
        reviews = praising.praise()
        out.write(f"Remembered {orders:,} orders of the last eighteen months, and {reviews:,} reviews.")
    connection.close()


def _refuse_foreign_database() -> None:
    """The demo's password is known to everyone, so its users have no place beside real ones."""
    emails = User.objects.order_by("pk").values_list("email", flat=True)
    if emails.exists() and not emails.filter(email=loading.ADMIN).exists():
        raise CannotShow(
            "This database holds users who are not the demo's. Name another one in DATABASE_URL."
        )


def _serve(port: int, out: OutputWrapper) -> None:
    address = f"http://localhost:{port}"
    commands = {"web server": ["serve", "--port", str(port)], "worker": ["worker", "--grace", "5"]}
    out.write("Starting the web server and the worker ...")
    with processes.running(commands, environment=environment(port)) as started:
        processes.wait_until_ready(f"http://127.0.0.1:{port}", started)
        out.write(
            WELCOME.format(
                address=address,
                mail=_mail_folder(),
                code=current_code(loading.LOGINS["secret"]),
                **loading.LOGINS,
            )
        )
        while True:
            time.sleep(WATCH_SECONDS)
            processes.refuse_ended(started)
