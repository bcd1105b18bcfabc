"""Jobs of outreach: which mail an event leads to, and sending it."""

from marketplace.outreach.jobs import accounts as accounts
from marketplace.outreach.jobs import listings as listings
from marketplace.outreach.jobs import orders as orders
from marketplace.outreach.jobs import sending as sending
from marketplace.outreach.jobs import vendors as vendors
