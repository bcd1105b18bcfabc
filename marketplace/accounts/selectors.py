"""What may be read of accounts, starting from whoever reads."""

from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable

from marketplace.accounts import authentication, factors, personal
from marketplace.accounts.models import (
    Address,
    BillingProfile,
    PaymentCustomer,
    PaymentMethod,
    User,
    UserSession,
)
from marketplace.gateway import registry
from marketplace.kernel import clock
from marketplace.kernel.errors import NotFound


def addresses_of(user: User) -> QuerySet[Address]:
    """The user's address book: defaults first, then what was changed last."""
    return Address.objects.filter(billing_profile__user=user)


def cards_of(user: User) -> QuerySet[PaymentMethod]:
    """The cards that the user keeps with the provider of new payments: the default first, then the newest."""
    provider = registry.in_use()
    return PaymentMethod.objects.filter(
        customer__billing_profile__user=user,
        customer__provider=provider.name,
        customer__is_live=provider.is_live,
        detached_at=None,
    )


def own_card(*, user: User | None, method_id: int) -> PaymentMethod:
    """A card that the user keeps with the provider of new payments, with its customer.

    Raises NotFound for another's card as for one that is off, or that there never was.
    """
    kept = cards_of(user) if user else PaymentMethod.objects.none()
    card = kept.filter(pk=method_id).select_related("customer").first()
    if card is None:
        raise NotFound(thing="card", field="paymentMethod")
    return card


def customer_of(profile: str) -> Combinable:
    """How the provider of new payments knows a billing profile: a column of a query, null for a stranger."""
    provider = registry.in_use()
    customers = PaymentCustomer.objects.filter(
        billing_profile=OuterRef(profile), provider=provider.name, is_live=provider.is_live
    )
    return Subquery(customers.exclude(ref="").values("ref"))


def profiles_of(user: User) -> QuerySet[BillingProfile]:
    """The profiles whose purchases are the user's: their own, and those of guests that they have claimed."""
    return BillingProfile.objects.filter(Q(user=user) | Q(claimed_by=user))


def sessions_of(user: User) -> QuerySet[UserSession]:
    """Where the user is signed in, the last seen first; expired sessions open nothing and are not told of."""
    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=clock.now())
    return UserSession.objects.filter(Exists(alive), user=user)


def everything_about(user: User) -> dict[str, Any]:
    """Everything that is kept about the user, by kind."""
    return {
        "made_at": clock.now(),
        "account": {
            "email": user.email,
            "is_email_verified": authentication.has_verified_email(user),
            "name": user.name,
            "created_at": user.created_at,
            "last_login": user.last_login,
        },
        "addresses": list(
            addresses_of(user).values(
                "address_type", "name", "line1", "line2", "city", "state", "postal_code", "country", "phone"
            )
        ),
        "cards": list(
            PaymentMethod.objects.filter(customer__billing_profile__user=user).values(
                "brand", "last4", "exp_month", "exp_year", "created_at", "detached_at"
            )
        ),
        "sessions": list(sessions_of(user).values("device", "network", "created_at", "last_seen_at")),
        "second_factors": [
            {"kind": each.kind.value, "name": each.name, "created_at": each.created_at}
            for each in factors.factors_of(user)
        ],
        **{line.name: list(line.export(user)) for line in personal.table()},
    }
