import ast
from pathlib import Path

import pytest

from marketplace import env
from marketplace.env import MailRoute, UnusableEnvironment
from tests.support import tree


def test_an_empty_environment_is_enough() -> None:
    environment = env.read({})
    assert not environment.debug
    assert environment.site_url == "http://localhost:8000"
    assert environment.database_url is None
    assert environment.email_url == MailRoute(backend="console")
    assert environment.email_from is None
    assert environment.embedded_directory == env.PROJECT_DIR / "var" / "postgres-18"


def test_an_empty_value_is_no_value() -> None:
    assert env.read({"DEBUG": "", "SITE_URL": "", "EMAIL_URL": ""}) == env.read({})


def test_every_value_is_typed() -> None:
    environment = env.read(
        {
            "DEBUG": "Yes",
            "SITE_URL": "https://shop.example/",
            "ALLOWED_HOSTS": "shop.example, www.shop.example,",
            "TRUSTED_PROXIES": "2",
            "VAR_DIR": "/srv/var",
        }
    )
    assert environment.debug
    assert environment.site_url == "https://shop.example"
    assert environment.allowed_hosts == ("shop.example", "www.shop.example")
    assert environment.trusted_proxies == 2
    assert environment.var_dir == Path("/srv/var")


def test_all_faults_are_named_at_once() -> None:
    unusable = {
        "DEBUG": "maybe",
        "SITE_URL": "shop.example",
        "TRUSTED_PROXIES": "-1",
        "DATABASE_URL": "mysql://localhost/shop",
        "EMAIL_URL": "pigeon://loft",
        "LOG_FORMAT": "xml",
    }
    with pytest.raises(UnusableEnvironment) as refusal:
        env.read(unusable)
    assert [line.partition(":")[0] for line in str(refusal.value).splitlines()] == list(unusable)


@pytest.mark.parametrize(
    "name",
    [
        "SHIP_WITHIN_DAYS",
        "DELIVERED_AFTER_DAYS",
        "RETURN_DAYS",
        "LEAST_RETURN_DAYS",
        "GUEST_DAYS",
        "GUEST_CART_DAYS",
        "USER_CART_DAYS",
    ],
)
def test_a_time_is_a_day_at_least(name: str) -> None:
    for days in ("0", "3651"):
        with pytest.raises(UnusableEnvironment, match=f"{name}: expected a whole number of days"):
            env.read({name: days})


def test_everybody_gives_what_the_law_asks_for() -> None:
    with pytest.raises(UnusableEnvironment, match="RETURN_DAYS: expected no less than LEAST_RETURN_DAYS"):
        env.read({"RETURN_DAYS": "13"})
    assert env.read({"RETURN_DAYS": "7", "LEAST_RETURN_DAYS": "7"}).return_days == 7


@pytest.mark.parametrize(
    ("url", "route"),
    [
        ("console:", MailRoute(backend="console")),
        ("file:///srv/mail", MailRoute(backend="filebased", folder="/srv/mail")),
        (
            "smtps://shop:p%40ss@mail.example",
            MailRoute(
                backend="smtp", host="mail.example", port=465, user="shop", password="p@ss", is_tls=True
            ),
        ),
        ("smtp://mail.example", MailRoute(backend="smtp", host="mail.example", port=587, starts_tls=True)),
        ("smtp://localhost:1025?tls=off", MailRoute(backend="smtp", host="localhost", port=1025)),
    ],
)
def test_mail_leaves_by_the_route_of_its_address(url: str, route: MailRoute) -> None:
    assert env.read({"EMAIL_URL": url}).email_url == route


@pytest.mark.parametrize(
    "url", ["smtp:", "smtp://", "smtp://host?tls=perhaps", "smtp://host:port", "file:", "mail.example"]
)
def test_a_route_that_leads_nowhere_is_refused(url: str) -> None:
    with pytest.raises(UnusableEnvironment, match="EMAIL_URL: "):
        env.read({"EMAIL_URL": url})


def test_a_change_is_seen_by_this_process_and_its_children(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "INFO")
    env.export("LOG_LEVEL", "ERROR")
    try:
        assert env.current().log_level == "ERROR"
        assert env.inherited(LOG_LEVEL="DEBUG")["LOG_LEVEL"] == "DEBUG"
        assert env.current().log_level == "ERROR"
    finally:
        env.current.cache_clear()


def test_tax_is_read_by_country() -> None:
    assert env.read({"TAX_RATES": "DE:1900, FR:2000,"}).tax_rates == {"DE": 1900, "FR": 2000}
    assert env.read({}).tax_rates == {}


@pytest.mark.parametrize("raw", ["DE", "DE:19%", "de:1900", "DE:10001", "DE:-1", "DEU:1900"])
def test_a_tax_that_is_no_rate_is_refused(raw: str) -> None:
    with pytest.raises(UnusableEnvironment, match="TAX_RATES: "):
        env.read({"TAX_RATES": raw})


@pytest.mark.parametrize(("raw", "bps"), [("", 1000), ("0", 0), ("10000", 10_000)])
def test_the_commission_is_a_rate(raw: str, bps: int) -> None:
    assert env.read({"COMMISSION_BPS": raw}).commission_bps == bps


@pytest.mark.parametrize("raw", ["10001", "-1", "10%", "12.5"])
def test_a_commission_that_is_no_rate_is_refused(raw: str) -> None:
    with pytest.raises(UnusableEnvironment, match="COMMISSION_BPS: "):
        env.read({"COMMISSION_BPS": raw})


def test_nobody_else_looks_at_the_environment() -> None:
    readers = {
        str(path)
        for path in tree.source_modules()
        for node in ast.walk(tree.parsed(path))
        if (isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"})
        or (isinstance(node, ast.alias) and node.name in {"environ", "getenv"})
    }
    assert readers == {"marketplace/env.py"}


STRIPE = {
    "PAYMENT_PROVIDER": "stripe",
    "STRIPE_TEST_SECRET_KEY": "sk_test_1",
    "STRIPE_TEST_PUBLISHABLE_KEY": "pk_test_1",
    "STRIPE_WEBHOOK_SECRETS": "whsec_new, whsec_old",
}


def test_stripe_needs_the_keys_of_its_mode_and_a_secret() -> None:
    found = env.read({**STRIPE, "STRIPE_API_BASE": "http://localhost:8000/sandbox/stripe/"})
    assert (found.stripe_debug, found.stripe_webhook_secrets) == (True, ("whsec_new", "whsec_old"))
    assert found.stripe_api_base == "http://localhost:8000/sandbox/stripe"
    for missing in list(STRIPE)[1:]:
        with pytest.raises(UnusableEnvironment, match=f"^{missing}: expected with PAYMENT_PROVIDER=stripe$"):
            env.read({**STRIPE, missing: ""})
    with pytest.raises(
        UnusableEnvironment, match=r"STRIPE_LIVE_SECRET_KEY: .*\nSTRIPE_LIVE_PUBLISHABLE_KEY: "
    ):
        env.read({**STRIPE, "STRIPE_DEBUG": "false"})


@pytest.mark.parametrize("live", [{"STRIPE_LIVE_SECRET_KEY": "sk_live_1"}, {"STRIPE_DEBUG": "false"}])
def test_nothing_live_stands_beside_debug(live: dict[str, str]) -> None:
    with pytest.raises(UnusableEnvironment, match="DEBUG: expected false where Stripe is live"):
        env.read({**STRIPE, **live, "DEBUG": "true"})


def test_a_key_of_the_other_mode_is_refused() -> None:
    with pytest.raises(UnusableEnvironment, match="STRIPE_TEST_SECRET_KEY: expected a key that begins"):
        env.read({"STRIPE_TEST_SECRET_KEY": "sk_live_1"})
