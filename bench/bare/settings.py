"""The marketplace's settings, with next to nothing around the views."""

from marketplace import settings as marketplace

globals().update({name: value for name, value in vars(marketplace).items() if name.isupper()})
# allauth does not start without it; it takes some microseconds.
MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]
ROOT_URLCONF = "bench.bare.urls"
