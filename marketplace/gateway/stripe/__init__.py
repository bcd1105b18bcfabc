"""Stripe, spoken to by its own library; no type of it leaves this package.

Nothing imports it but the setting PAYMENT_PROVIDERS, by name, so that the library is loaded where Stripe is
used and nowhere else. The calls stand in payments.py, wallets.py, accounts.py, disputes.py, fraud.py and
events.py, what comes back is read by reading.py, and client.py says how they are made and what their
errors mean.
"""
