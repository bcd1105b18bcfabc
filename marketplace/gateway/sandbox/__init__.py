"""A payment provider of our own: offline, honest, for test cards only.

It keeps its own books (models/sandbox.py), commits by itself, remembers keys, has an HTTP face for the
buyer's browser (views.py), and tells us what happened by signed webhooks (delivery.py). What the marketplace
does with it, it does through the port (provider.py).
"""
