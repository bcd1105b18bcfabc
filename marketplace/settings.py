"""Django's settings: one file, every variation read from the environment (docs/settings.md)."""

import logging
from urllib.parse import urlsplit

from marketplace import console, env, logs
from marketplace.kernel import database, geography, secrets

ENV = env.current()
BASE_DIR = env.PROJECT_DIR
DEBUG = ENV.debug
SECRET_KEY = ENV.secret_key or secrets.local_secret_key(ENV.var_dir)
SITE_URL = ENV.site_url
ALLOWED_HOSTS = list(ENV.allowed_hosts)
IS_HTTPS = SITE_URL.startswith("https://")

# Before strawberry_django is imported, which would look for it.
geography.leave_out()

INSTALLED_APPS = [
    "marketplace.kernel",
    "marketplace.gateway",
    "marketplace.accounts",
    "vendors",
    "catalog",
    "checkout",
    "payouts",
    "marketplace.community",
    "analytics",
    "recommend",
    "marketplace.outreach",
    "marketplace.api",
    "marketplace.web",
    "marketplace.demo",
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.inlines",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "strawberry_django",
    "procrastinate.contrib.django",
    "django_structlog",
    "django_prometheus",
]

MIDDLEWARE = [
    "marketplace.health.ProbeMiddleware",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "marketplace.logs.RequestMiddleware",
    "marketplace.kernel.adjustable.refreshing",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "marketplace.accounts.middleware.LastSeenMiddleware",
    "marketplace.accounts.middleware.ViewingMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "marketplace.urls"
WSGI_APPLICATION = "marketplace.wsgi.application"
ASGI_APPLICATION = "marketplace.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Without an address (schema printing, type checking) the settings load and nothing connects.
DATABASES = {
    "default": {
        **database.connection_settings(ENV.database_url or f"postgresql:///{database.DATABASE_NAME}"),
        "CONN_MAX_AGE": ENV.database_connection_seconds,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"TEMPLATE": "marketplace_template"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": ENV.cache_url}
    if ENV.cache_url
    else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
    # Of this process alone, for seconds: marketplace/api/shared.py.
    "answers": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 1000}},
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "marketplace.accounts.authentication.EmailBackend",
    "guardian.backends.ObjectPermissionBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ("email", "name")}),
        ("MinimumLengthValidator", {"min_length": 8}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
ANONYMOUS_USER_NAME = None
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "/account/sign-in"

# allauth without its pages: marketplace/accounts/authentication.py is the only module that speaks to it.
ACCOUNT_ADAPTER = "marketplace.accounts.authentication.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 3
ACCOUNT_RATE_LIMITS = False  # ours hold across processes (marketplace/kernel/rates.py)
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900  # how long a sign-in counts as recent
ACCOUNT_LOGIN_TIMEOUT = 900  # how long a password waits for its second factor
# How long staff look at the pages as a user before they have to begin anew.
VIEW_AS_MINUTES = ENV.view_as_minutes
# The page that answers what they may not do then.
VIEWING_CLOSED = "marketplace.web.account.only_looking"
MFA_ADAPTER = "marketplace.accounts.factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_RECOVERY_CODE_DIGITS = 10
HEADLESS_ONLY = True

EMAIL_BACKEND = ENV.email_url.path
EMAIL_HOST = ENV.email_url.host
EMAIL_PORT = ENV.email_url.port
EMAIL_HOST_USER = ENV.email_url.user
EMAIL_HOST_PASSWORD = ENV.email_url.password
EMAIL_USE_TLS = ENV.email_url.starts_tls
EMAIL_USE_SSL = ENV.email_url.is_tls
EMAIL_FILE_PATH = ENV.email_url.folder
EMAIL_TIMEOUT = 10
ANYMAIL = {"REQUESTS_TIMEOUT": EMAIL_TIMEOUT, **ENV.email_url.service}
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.email_from or f"no-reply@{urlsplit(SITE_URL).hostname}"
EMAIL_REPLY_TO = ENV.email_reply_to
# How long it is known which mail went to whom.
MAIL_DAYS = 90

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = ENV.static_dir
MEDIA_URL = "/media/"
MEDIA_ROOT = ENV.var_dir / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Collected, files carry a hash in their name and never change; uncollected, they come from the packages.
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    if ENV.static_dir
    else {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = ENV.static_dir is None
SERVE_MEDIA = ENV.serve_media
# Addresses, each with its port, from which pictures are fetched although they are not public: for tests.
FETCH_ALSO_FROM: list[str] = []

SESSION_ENGINE = "marketplace.kernel.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.trusted_proxies else None
TRUSTED_PROXIES = ENV.trusted_proxies
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 100 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

LOGGING = logs.configure(log_format=ENV.log_format, level=ENV.log_level)
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True
DJANGO_STRUCTLOG_USER_ID_FIELD = None
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO
METRICS_TOKEN = ENV.metrics_token

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_IMPORT_PATHS = ["marketplace.kernel.housekeeping"]
FINISHED_JOB_DAYS = 7

# Which events lead to what.
SUBSCRIPTIONS = "marketplace.subscriptions.SUBSCRIPTIONS"

# Which records are about a person: to be told, and to be erased.
PERSONAL_RECORDS = "marketplace.personal.RECORDS"

# Which roles the platform's staff have, and what each may do.
STAFF_ROLES = "marketplace.staff.ROLES"

UNFOLD = console.UNFOLD
# What the console asks before a decision about a vendor, and the tabs of a vendor's page, by apps above.
VENDOR_OUTLOOKS = (
    "catalog.selectors.outlook.outlook",
    "checkout.selectors.outlook.outlook",
    "payouts.selectors.outlook",
)
VENDOR_TABS = ("catalog.admin.ProductTab", "checkout.admin.VendorOrderTab")

# Whose matter an audited thing is: a vendor sees its own log.
AUDIT_SCOPE = "vendors.scopes.scope_of"

# Which of the settings here staff may give another value while the marketplace runs.
ADJUSTABLE_SETTINGS = "marketplace.adjustable.SETTINGS"

# Who moves money: adapters by name, the one new payments go to, and whether play money may be taken.
# Stripe is there for whoever has a key, and its library is loaded when it is first asked.
PAYMENT_PROVIDERS = {"sandbox": "marketplace.gateway.sandbox.provider.SandboxProvider"}
PAYMENT_PROVIDER = ENV.payment_provider
STRIPE_DEBUG = ENV.stripe_debug
STRIPE_API_KEYS = {
    "test": {"publishable": ENV.stripe_test_publishable_key, "secret": ENV.stripe_test_secret_key},
    "live": {"publishable": ENV.stripe_live_publishable_key, "secret": ENV.stripe_live_secret_key},
}
STRIPE_WEBHOOK_SECRETS = ENV.stripe_webhook_secrets
STRIPE_CONNECT_WEBHOOK_SECRETS = ENV.stripe_connect_webhook_secrets
STRIPE_API_BASE = ENV.stripe_api_base
if STRIPE_API_KEYS["test" if STRIPE_DEBUG else "live"]["secret"]:
    PAYMENT_PROVIDERS["stripe"] = "marketplace.gateway.stripe.provider.StripeProvider"
IS_SANDBOX_ALLOWED = DEBUG or ENV.payments_sandbox == "allow"
# What we do about the events of providers.
WEBHOOK_REACTIONS = "marketplace.webhooks.REACTIONS"

# How long a repeated request still gets the outcome it had.
IDEMPOTENCY_KEY_DAYS = 7

# How long an order waits for its payment, and its stock with it: at first and after each attempt to pay; in
# all, however many attempts; and while a bank takes its time.
ORDER_MINUTES = 30
ORDER_MINUTES_AT_MOST = 120
PAYMENT_PROCESSING_DAYS = 14
# How long the link in a guest's mail leads to the order.
ORDER_LINK_DAYS = 90
# After how many days what was paid is cancelled where it was not sent, a parcel is taken to have arrived, and
# nothing can be sent back any more, where a vendor gives no other time.
SHIP_WITHIN_DAYS = ENV.ship_within_days
DELIVERED_AFTER_DAYS = ENV.delivered_after_days
RETURN_DAYS = ENV.return_days
# The law's: no vendor may give less.
LEAST_RETURN_DAYS = ENV.least_return_days

# Above how many orders within an hour, under one e-mail address, to one address and from one internet
# connection, which may be an office's, people look at an order before it is sent; and above which total, by
# currency, at a first one (`EUR 500.00, USD 500.00`). 0 and none: never. At the sandbox there is nobody to be
# defrauded.
REVIEW_ORDERS_BY_EMAIL = 0 if ENV.payment_provider == "sandbox" else 10
REVIEW_ORDERS_TO_ADDRESS = 0 if ENV.payment_provider == "sandbox" else 20
REVIEW_ORDERS_BY_CLIENT = 0 if ENV.payment_provider == "sandbox" else 30
REVIEW_FIRST_ORDER_CAPS = ""

# How often one buyer may do what costs us most; 0: as often as they like. An address may hold ten of them.
CART_CHANGES_A_MINUTE = ENV.cart_changes_a_minute
ORDERS_A_MINUTE = ENV.orders_a_minute
PAYMENTS_A_MINUTE = ENV.payments_a_minute
COUPONS_A_MINUTE = ENV.coupons_a_minute
# How often one API key of a vendor may ask.
KEY_REQUESTS_A_MINUTE = ENV.key_requests_a_minute

# How long we know the address of a guest who never ordered.
# What buyers search in (catalog/search.py); a change takes `manage.py reindex_products`.
SEARCH_LANGUAGES = ENV.search_languages
GUEST_DAYS = ENV.guest_days

# When somebody who wants to is reminded of a cart (0: nobody is), and when a cart that nobody touches ends.
CART_REMINDER_HOURS = ENV.cart_reminder_hours
GUEST_CART_DAYS = ENV.guest_cart_days
USER_CART_DAYS = ENV.user_cart_days

# Tax at the destination on top of the prices, in basis points by country.
TAX_RATES = ENV.tax_rates
# What the platform keeps of what is sold, where nothing else is agreed with the vendor.
COMMISSION_BPS = ENV.commission_bps

# When vendors are paid for what was delivered: after how many days, at least how much, how often where
# nothing else is agreed; how long not after the bank account became another, how long not who is new.
PAYOUT_DELAY_DAYS = 7
PAYOUT_COOLDOWN_HOURS = 72
PAYOUT_MINIMUMS = ""
PAYOUT_INTERVAL = "weekly"
NEW_VENDOR_HOLD_DAYS = 0

# Which reviews staff look at before they are shown (`new`, `changed`), for how many days they can be changed,
# and for how many reviews of its own the mean of all counts in a product's score.
REVIEWS_HELD = ()
REVIEW_EDIT_DAYS = 30
RATING_PRIOR_WEIGHT = 5

# Where the purchase matrix is mapped from, and who counts in it: named, so that numba is loaded if asked.
RECOMMEND_DIR = ENV.recommend_dir or ENV.var_dir / "recommend"
RECOMMEND_CANDIDATES = {"numpy": "recommend.nearest.candidates", "numba": "recommend.compiled.candidates"}[
    ENV.recommend_with
]

# Recorded sales that tests compare reports and recommendations with; the product itself never reads it.
SALES_DATA = ENV.sales_data

# Named, not imported, like the URLconf: it stands above everything that reads it here.
GRAPHQL_SCHEMA = "marketplace.schema.schema"

SHARED_ANSWER_SECONDS = ENV.shared_answer_seconds
# Documents that anonymous clients may GET by their hash.
PERSISTED_DOCUMENTS = [BASE_DIR / "bench" / "documents", BASE_DIR / "marketplace" / "web" / "documents"]

# Which changes of listings on sale wait for the platform, whose are approved unseen ("trusted", "all"), and
# how many listings on sale make a vendor trusted.
REVIEWED_LISTING_FIELDS = ("title", "category", "pictures")
UNREVIEWED_VENDORS: tuple[str, ...] = ()
TRUSTED_VENDOR_LISTINGS = 20

# What a vendor must have done before it sells, and who is asked about what only apps above the vendors know:
# from the vendor's key to yes, no, or None for "an admin says".
ONBOARDING_STEPS = ("profile", "policies", "tax", "payout_account", "first_listing", "terms")
ONBOARDING_CHECKS = {
    "first_listing": "catalog.selectors.sellers.has_listing",
    "payout_account": "payouts.selectors.can_be_paid",
}
