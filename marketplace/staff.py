"""Root: who of the platform's staff may do what, on one page.

A role is a Django group, a permission one of Django's. Superusers may do everything. `migrate` brings the
table into the database (marketplace/accounts/roles.py); docs/staff.md prints it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

MODERATOR: Final = "Moderator"
SUPPORT: Final = "Support"
FINANCE: Final = "Finance"
ADMINISTRATOR: Final = "Administrator"

_ALL: Final = (MODERATOR, SUPPORT, FINANCE)
_TRADE: Final = (MODERATOR, SUPPORT)

# What each permission lets one do, and which roles have it; administrators have all of them.
PERMISSIONS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = MappingProxyType(
    {
        "vendors.view_vendor": ("See all vendors and their checklists", _ALL),
        "vendors.view_vendormember": ("See who works for a vendor", _TRADE),
        "vendors.view_vendorinvitation": ("See who is asked to work for a vendor", _TRADE),
        "vendors.view_vendorpolicy": ("See a vendor's policies, old ones too", _TRADE),
        "vendors.view_traderdetails": ("See who stands behind a vendor, with its tax number", (MODERATOR,)),
        "vendors.view_vendorappeal": ("See appeals", _TRADE),
        "vendors.moderate_vendor": (
            "Decide about vendors: applications, steps, suspensions, appeals, invitations, closing",
            (MODERATOR,),
        ),
        "vendors.view_platformterms": ("See the terms, old ones too", _ALL),
        "vendors.add_platformterms": ("Publish the platform's terms", ()),
        "catalog.view_category": ("See categories", _TRADE),
        "catalog.view_attribute": ("See what listings are asked", _TRADE),
        "catalog.view_attributechoice": ("See what they may choose", _TRADE),
        "catalog.view_categoryattribute": ("See which category asks what", _TRADE),
        "catalog.change_attribute": ("Say what categories ask of listings", (MODERATOR,)),
        "catalog.view_product": ("See all listings", _TRADE),
        "catalog.view_variant": ("See the variants of listings", _TRADE),
        "catalog.view_collection": ("See collections that buyers do not see yet", _TRADE),
        "catalog.change_collection": ("Put collections together", (MODERATOR,)),
        "catalog.view_searchtally": ("See what buyers search for", _ALL),
        "catalog.view_productimage": ("See the pictures of listings", _TRADE),
        "catalog.view_productchange": ("See what vendors ask to change of listings on sale", _TRADE),
        "catalog.view_changepicture": ("See the pictures that wait with it", _TRADE),
        "catalog.view_stockmovement": ("See what moved stock", _TRADE),
        "catalog.moderate_product": ("Decide about listings", (MODERATOR,)),
        "checkout.view_cart": ("See carts", (SUPPORT,)),
        "checkout.view_cartline": ("See what is in carts", (SUPPORT,)),
        "checkout.view_cartshipping": ("See how carts are to be shipped", (SUPPORT,)),
        "checkout.view_order": ("See orders", (SUPPORT, FINANCE)),
        "checkout.view_vendororder": ("See the vendors' parts of orders", _ALL),
        "checkout.view_refund": ("See refunds, and which of them failed", (SUPPORT, FINANCE)),
        "checkout.retry_refund": ("Try a refund again that failed", (FINANCE,)),
        "checkout.view_orderreview": ("See orders that people look at", (SUPPORT, FINANCE)),
        "checkout.view_orderreviewfinding": ("See why people look at orders", (SUPPORT, FINANCE)),
        "checkout.decide_orderreview": ("Release orders that people look at, or call them off", (SUPPORT,)),
        "checkout.view_promotion": ("See all promotions, with their codes", _TRADE),
        "checkout.change_promotion": ("Make and end the platform's promotions", ()),
        "checkout.view_shippingmethod": ("See how vendors ship", _TRADE),
        "checkout.add_shippingmethod": ("Add a way of shipping", ()),
        "checkout.change_shippingmethod": ("Change a way of shipping", ()),
        "community.view_review": ("See reviews, those that are not shown too, and reports", _TRADE),
        "community.moderate_review": ("Decide about reviews", (MODERATOR,)),
        "payouts.view_commission": ("See commissions", (FINANCE,)),
        "payouts.view_commissionrule": ("See the rules of commission, and try others", (FINANCE,)),
        "payouts.view_commissionamount": ("See the amounts of rules of commission", (FINANCE,)),
        "payouts.change_commissionrule": ("Make, order and put away rules of commission", (FINANCE,)),
        "payouts.view_ledgeraccount": ("See balances", (FINANCE,)),
        "payouts.view_ledgertransaction": ("See the ledger", (FINANCE,)),
        "payouts.view_ledgerentry": ("See the ledger's entries", (FINANCE,)),
        "payouts.add_ledgertransaction": ("Note that tax was remitted", (FINANCE,)),
        "payouts.view_transfer": ("See what goes to vendors' accounts", _ALL),
        "payouts.view_reversal": ("See what comes back of them", _ALL),
        "payouts.retry_transfer": ("Send a transfer again that was refused", (FINANCE,)),
        "payouts.view_adjustment": ("See what vendors were given or asked for", (SUPPORT, FINANCE)),
        "payouts.add_adjustment": ("Give vendors something, or ask for it", (FINANCE,)),
        "payouts.view_payoutaccount": ("See where vendors are paid, and what is missing", _ALL),
        "payouts.view_dispute": ("See disputes", _ALL),
        "payouts.view_disputeshare": ("See whose parts disputes are about", _ALL),
        "payouts.view_disputeevidence": ("See what was said against disputes", _ALL),
        "payouts.answer_dispute": ("Answer disputes for the platform", (SUPPORT,)),
        "payouts.view_payout": ("See what went to vendors' banks, and who is not paid and why", (FINANCE,)),
        "payouts.run_payouts": ("Have vendors paid whose day has come, or one now", (FINANCE,)),
        "payouts.view_payoutschedule": ("See when vendors are paid", (FINANCE,)),
        "payouts.change_payoutschedule": ("Say when vendors are paid, and what is reserved", (FINANCE,)),
        "payouts.view_payouthold": ("See what is held of vendors' money", (FINANCE,)),
        "payouts.add_payouthold": ("Hold money of vendors back", (FINANCE,)),
        "payouts.change_payouthold": ("End holds", (FINANCE,)),
        "payouts.view_statement": ("See vendors' statements", (FINANCE,)),
        "payouts.view_reconciliation": ("See how the providers' books were compared with ours", (FINANCE,)),
        "payouts.view_discrepancy": ("See what differs from the providers' books", (FINANCE,)),
        "payouts.view_strayrefund": ("See what was given back of payments that pay nothing here", (FINANCE,)),
        "payouts.add_strayrefund": ("Give payments back that pay nothing here", (FINANCE,)),
        "analytics.view_salesentry": ("See what all vendors have sold", (FINANCE,)),
        "accounts.view_user": ("See accounts", (SUPPORT,)),
        "accounts.change_user": ("Close and reopen accounts", ()),
        "accounts.view_as_user": ("Look at pages as a user, and change nothing", (SUPPORT,)),
        "accounts.view_guestemail": ("See guests", (SUPPORT,)),
        "accounts.view_billingprofile": ("See who buys", (SUPPORT, FINANCE)),
        "accounts.view_address": ("See address books", (SUPPORT,)),
        "kernel.view_auditentry": ("See who did what", (MODERATOR, FINANCE)),
        "kernel.view_adjustedsetting": ("See the marketplace's settings", _ALL),
        "kernel.change_adjustedsetting": ("Change the marketplace's settings", ()),
    }
)

ROLES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        **{
            role: frozenset(path for path, (_, roles) in PERMISSIONS.items() if role in roles)
            for role in _ALL
        },
        ADMINISTRATOR: frozenset(PERMISSIONS),
    }
)


def as_markdown() -> str:
    """The table of roles for the docs: one line a permission."""
    lines = [
        f"| `{path}` | {label} | "
        + " | ".join("yes" if path in permissions else "" for permissions in ROLES.values())
        + " |"
        for path, (label, _) in PERMISSIONS.items()
    ]
    return "\n".join([f"| permission | | {' | '.join(ROLES)} |", "|---" * (len(ROLES) + 2) + "|", *lines])
