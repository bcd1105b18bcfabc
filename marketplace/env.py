"""The process environment, read once, typed, and complete: no other module looks at `os.environ`.

A value that cannot be used stops the process at start, with every fault named at once. Each variable is
described in docs/settings.md, and a test holds that page to this file.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

PROJECT_DIR = Path(__file__).resolve().parent.parent

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})

COUNTRY = re.compile(r"[A-Z]{2}")
WHOLE_BPS = 10_000
MOST_DAYS = 3_650

# Mail services that django-anymail speaks to, and what each calls its key. Amazon SES takes the region
# instead: who we are there says the AWS environment.
MAIL_SERVICES: Mapping[str, str] = {
    "amazon_ses": "region_name",
    "brevo": "api_key",
    "mailersend": "api_token",
    "mailgun": "api_key",
    "mandrill": "api_key",
    "postmark": "server_token",
    "resend": "api_key",
    "sendgrid": "api_key",
    "sparkpost": "api_key",
}

Value = TypeVar("Value")


class UnusableEnvironment(Exception):  # noqa: N818  # it names the state of things, as the message does
    """Variables of the environment that cannot be used; the message lists every one of them."""


@dataclass(frozen=True, kw_only=True)
class MailRoute:
    """How mail leaves the house, as EMAIL_URL says."""

    backend: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    starts_tls: bool = False
    is_tls: bool = False
    folder: str | None = None
    # Of a mail service: its settings as django-anymail names them.
    service: Mapping[str, object] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The dotted path of Django's backend."""
        package = "anymail.backends" if self.backend in MAIL_SERVICES else "django.core.mail.backends"
        return f"{package}.{self.backend}.EmailBackend"


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Every variable the marketplace reads, under its lower-case name."""

    debug: bool
    secret_key: str | None
    site_url: str
    allowed_hosts: tuple[str, ...]
    trusted_proxies: int
    database_url: str | None
    database_connection_seconds: int
    pgserver_postgres_version: int
    cache_url: str | None
    shared_answer_seconds: int
    email_url: MailRoute
    email_from: str | None
    email_reply_to: str | None
    var_dir: Path
    log_format: str
    log_level: str
    web_processes: int
    web_threads: int
    static_dir: Path | None
    serve_media: bool
    payment_provider: str
    payments_sandbox: str
    stripe_test_secret_key: str
    stripe_test_publishable_key: str
    stripe_live_secret_key: str
    stripe_live_publishable_key: str
    stripe_debug: bool
    stripe_webhook_secrets: tuple[str, ...]
    stripe_connect_webhook_secrets: tuple[str, ...]
    stripe_api_base: str
    metrics_token: str | None
    tax_rates: Mapping[str, int]
    commission_bps: int
    recommend_dir: Path | None
    recommend_with: str
    cart_changes_a_minute: int
    orders_a_minute: int
    coupons_a_minute: int
    payments_a_minute: int
    key_requests_a_minute: int
    view_as_minutes: int
    search_languages: tuple[str, ...]
    ship_within_days: int
    delivered_after_days: int
    return_days: int
    least_return_days: int
    guest_days: int
    cart_reminder_hours: int
    guest_cart_days: int
    user_cart_days: int
    sales_data: Path
    database_is_embedded: bool

    @property
    def embedded_directory(self) -> Path:
        """Where the embedded PostgreSQL keeps its data when DATABASE_URL names no server."""
        return self.var_dir / f"postgres-{self.pgserver_postgres_version}"


def read(environ: Mapping[str, str]) -> Environment:
    """Read and check every variable.

    Raises UnusableEnvironment with one line for each variable that cannot be used.
    """
    variables = _Variables(environ)
    environment = Environment(
        debug=variables.read("DEBUG", _boolean, default=False),
        secret_key=variables.read_optional("SECRET_KEY", _text),
        site_url=variables.read("SITE_URL", _origin, default="http://localhost:8000"),
        allowed_hosts=variables.read("ALLOWED_HOSTS", _words, default=("localhost", "127.0.0.1", "[::1]")),
        trusted_proxies=variables.read("TRUSTED_PROXIES", _number, default=0),
        database_url=variables.read_optional("DATABASE_URL", _postgres),
        database_connection_seconds=variables.read("DATABASE_CONNECTION_SECONDS", _number, default=600),
        pgserver_postgres_version=variables.read("PGSERVER_POSTGRES_VERSION", _number, default=18),
        cache_url=variables.read_optional("CACHE_URL", _redis),
        shared_answer_seconds=variables.read("SHARED_ANSWER_SECONDS", _number, default=5),
        email_url=variables.read("EMAIL_URL", _mail_route, default=MailRoute(backend="console")),
        email_from=variables.read_optional("EMAIL_FROM", _text),
        email_reply_to=variables.read_optional("EMAIL_REPLY_TO", _text),
        var_dir=variables.read("VAR_DIR", _path, default=PROJECT_DIR / "var"),
        log_format=variables.read("LOG_FORMAT", _one_of("json", "console"), default="json"),
        log_level=variables.read("LOG_LEVEL", _one_of("DEBUG", "INFO", "WARNING", "ERROR"), default="INFO"),
        web_processes=variables.read("WEB_PROCESSES", _number, default=2),
        web_threads=variables.read("WEB_THREADS", _number, default=4),
        static_dir=variables.read_optional("STATIC_DIR", _path),
        serve_media=variables.read("SERVE_MEDIA", _boolean, default=False),
        payment_provider=variables.read("PAYMENT_PROVIDER", _one_of("sandbox", "stripe"), default="sandbox"),
        payments_sandbox=variables.read("PAYMENTS_SANDBOX", _one_of("allow", "refuse"), default="refuse"),
        **_stripe(variables),
        metrics_token=variables.read_optional("METRICS_TOKEN", _text),
        tax_rates=variables.read("TAX_RATES", _rates, default={}),
        commission_bps=variables.read("COMMISSION_BPS", _basis_points, default=1000),
        recommend_dir=variables.read_optional("RECOMMEND_DIR", _path),
        recommend_with=variables.read("RECOMMEND_WITH", _one_of("numpy", "numba"), default="numpy"),
        cart_changes_a_minute=variables.read("CART_CHANGES_A_MINUTE", _number, default=120),
        orders_a_minute=variables.read("ORDERS_A_MINUTE", _number, default=30),
        coupons_a_minute=variables.read("COUPONS_A_MINUTE", _number, default=10),
        payments_a_minute=variables.read("PAYMENTS_A_MINUTE", _number, default=120),
        key_requests_a_minute=variables.read("KEY_REQUESTS_A_MINUTE", _number, default=600),
        view_as_minutes=variables.read("VIEW_AS_MINUTES", _number, default=30),
        search_languages=variables.read("SEARCH_LANGUAGES", _words, default=("english",)),
        ship_within_days=variables.read("SHIP_WITHIN_DAYS", _days, default=30),
        delivered_after_days=variables.read("DELIVERED_AFTER_DAYS", _days, default=14),
        return_days=variables.read("RETURN_DAYS", _days, default=30),
        least_return_days=variables.read("LEAST_RETURN_DAYS", _days, default=14),
        guest_days=variables.read("GUEST_DAYS", _days, default=30),
        cart_reminder_hours=variables.read("CART_REMINDER_HOURS", _number, default=24),
        guest_cart_days=variables.read("GUEST_CART_DAYS", _days, default=30),
        user_cart_days=variables.read("USER_CART_DAYS", _days, default=90),
        sales_data=variables.read("SALES_DATA", _path, default=_path("../shared/data")),
        database_is_embedded=variables.read("DATABASE_IS_EMBEDDED", _boolean, default=False),
    )
    if environment.return_days < environment.least_return_days:
        variables.faults.append("RETURN_DAYS: expected no less than LEAST_RETURN_DAYS")
    variables.faults += _faults_of_stripe(environment)
    if variables.faults:
        raise UnusableEnvironment("\n".join(variables.faults))
    return environment


@lru_cache(maxsize=1)
def current() -> Environment:
    """The environment of this process."""
    return read(os.environ)


def export(name: str, value: str) -> None:
    """Set a variable for this process and the processes it starts; `current()` is read anew."""
    os.environ[name] = value
    current.cache_clear()


def inherited(**changes: str) -> dict[str, str]:
    """The environment for a child process: this one's, with the changes named."""
    return {**os.environ, **changes}


class _Variables:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.faults: list[str] = []

    def read(self, name: str, parse: Callable[[str], Value], *, default: Value) -> Value:
        value = self.read_optional(name, parse)
        return default if value is None else value

    def read_optional(self, name: str, parse: Callable[[str], Value]) -> Value | None:
        raw = self.environ.get(name, "")
        if raw == "":
            return None
        try:
            return parse(raw)
        except ValueError as fault:
            self.faults.append(f"{name}: {fault}")
            return None


def _text(raw: str) -> str:
    return raw


def _boolean(raw: str) -> bool:
    word = raw.strip().lower()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise ValueError("expected true or false")


def _number(raw: str) -> int:
    if not raw.isdecimal():
        raise ValueError("expected a whole number of 0 or more")
    return int(raw)


def _days(raw: str) -> int:
    """A time in which something can happen."""
    if not raw.isdecimal() or not 1 <= int(raw) <= MOST_DAYS:
        raise ValueError(f"expected a whole number of days, from 1 to {MOST_DAYS}")
    return int(raw)


def _basis_points(raw: str) -> int:
    if not raw.isdecimal() or int(raw) > WHOLE_BPS:
        raise ValueError(f"expected basis points, from 0 to {WHOLE_BPS}")
    return int(raw)


def _words(raw: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in raw.split(",") if word.strip())


def _rates(raw: str) -> Mapping[str, int]:
    """Country codes and basis points: "DE:1900,FR:2000"."""
    rates = {}
    for word in _words(raw):
        country, _, bps = word.partition(":")
        if not COUNTRY.fullmatch(country) or not bps.isdecimal() or int(bps) > WHOLE_BPS:
            raise ValueError(f"expected countries and basis points, such as DE:1900,FR:2000, not {word}")
        rates[country] = int(bps)
    return rates


def _path(raw: str) -> Path:
    return (PROJECT_DIR / raw).resolve()


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(raw: str) -> str:
        if raw not in words:
            raise ValueError(f"expected one of {', '.join(words)}")
        return raw

    return parse


def _origin(raw: str) -> str:
    parts = urlsplit(raw)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path not in {"", "/"}:
        raise ValueError("expected http(s)://host[:port]")
    return f"{parts.scheme}://{parts.netloc}"


def _scheme(*schemes: str) -> Callable[[str], str]:
    beginnings = " or ".join(f"{scheme}:" for scheme in schemes)

    def parse(raw: str) -> str:
        if urlsplit(raw).scheme not in schemes:
            raise ValueError(f"expected an address that begins with {beginnings}")
        return raw

    return parse


def _api(raw: str) -> str:
    parts = urlsplit(raw)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise ValueError("expected http(s)://host[:port][/path]")
    return raw.rstrip("/")


def _key(*beginnings: str) -> Callable[[str], str]:
    def parse(raw: str) -> str:
        if not raw.startswith(beginnings):
            raise ValueError(f"expected a key that begins with {' or '.join(beginnings)}")
        return raw

    return parse


def _stripe(variables: _Variables) -> Mapping[str, Any]:
    """What is known of Stripe, by the names of Environment's fields."""
    keys = {
        "STRIPE_TEST_SECRET_KEY": _key("sk_test_", "rk_test_"),
        "STRIPE_TEST_PUBLISHABLE_KEY": _key("pk_test_"),
        "STRIPE_LIVE_SECRET_KEY": _key("sk_live_", "rk_live_"),
        "STRIPE_LIVE_PUBLISHABLE_KEY": _key("pk_live_"),
    }
    secrets = ("STRIPE_WEBHOOK_SECRETS", "STRIPE_CONNECT_WEBHOOK_SECRETS")
    return {
        **{name.lower(): variables.read(name, parse, default="") for name, parse in keys.items()},
        **{name.lower(): variables.read_optional(name, _words) or () for name in secrets},
        "stripe_debug": variables.read("STRIPE_DEBUG", _boolean, default=True),
        "stripe_api_base": variables.read("STRIPE_API_BASE", _api, default="https://api.stripe.com"),
    }


def _faults_of_stripe(found: Environment) -> list[str]:
    """A live key beside DEBUG, which shows tracebacks to anyone, and what is missing where Stripe is used."""
    if found.debug and (found.stripe_live_secret_key or not found.stripe_debug):
        return ["DEBUG: expected false where Stripe is live (STRIPE_LIVE_SECRET_KEY, STRIPE_DEBUG=false)"]
    if found.payment_provider != "stripe":
        return []
    mode = "test" if found.stripe_debug else "live"
    needed = [f"stripe_{mode}_secret_key", f"stripe_{mode}_publishable_key", "stripe_webhook_secrets"]
    return [
        f"{name.upper()}: expected with PAYMENT_PROVIDER=stripe"
        for name in needed
        if not getattr(found, name)
    ]


_postgres = _scheme("postgresql", "postgres")
_redis = _scheme("redis", "rediss")


def _mail_route(raw: str) -> MailRoute:
    """console: | file:///folder | smtps://user:password@host | smtp://user:password@host[:587][?tls=off]

    or the name of a mail service: postmark://KEY | mailgun://KEY?sender_domain=mg.example | amazon-ses://REGION
    """
    parts = urlsplit(raw)
    name = parts.scheme.replace("-", "_")
    if name in MAIL_SERVICES:
        return _mail_service(name, raw)
    if parts.scheme == "console":
        return MailRoute(backend="console")
    if parts.scheme == "file" and parts.path:
        return MailRoute(backend="filebased", folder=parts.path)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.query not in {"", "tls=off"}:
        raise ValueError(
            "expected console:, file:///folder, smtps://host, smtp://host[?tls=off] or a service such as postmark://KEY"
        )
    is_tls = parts.scheme == "smtps"
    return MailRoute(
        backend="smtp",
        host=parts.hostname,
        port=parts.port or (465 if is_tls else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starts_tls=not is_tls and parts.query != "tls=off",
        is_tls=is_tls,
    )


def _mail_service(name: str, raw: str) -> MailRoute:
    """The key is taken as it stands, for urlsplit puts host names in lower case."""
    key, _, query = raw.partition("://")[2].partition("?")
    if not key or "/" in key:
        raise ValueError(f"expected {raw.partition(':')[0]}://KEY")
    own = {MAIL_SERVICES[name]: unquote(key), **dict(parse_qsl(query))}
    settings: Mapping[str, object] = own
    if name == "amazon_ses":
        settings = {"client_params": own}
    return MailRoute(
        backend=name, service={f"{name}_{each}".upper(): value for each, value in settings.items()}
    )
