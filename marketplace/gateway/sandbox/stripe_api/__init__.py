"""Stripe's API as far as we use it, spoken by the sandbox over HTTP at SITE_URL/sandbox/stripe/v1/...

A program made for Stripe meets its objects, its errors, its idempotency keys and its pages here, and no
money. What happens is decided by the sandbox's own modules; these translate. One module for each of Stripe's
resources holds its operations, routes.py lists them, and views.py answers.
"""
