"""What every provider has to keep of the port: one set of tests, for the sandbox and for Stripe over HTTP.

Stripe is the sandbox's face there (marketplace/gateway/sandbox/stripe_api), asked by our adapter with
Stripe's own library. The buyer's browser and bank are the sandbox's pages in both cases.
"""
