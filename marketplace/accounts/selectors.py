"""What may be read of accounts, starting from whoever reads."""

from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet

from marketplace.accounts.models import Address, BillingProfile, User, UserSession
from marketplace.kernel import clock


def addresses_of(user: User) -> QuerySet[Address]:
    """The user's address book: defaults first, then what was changed last."""
    return Address.objects.filter(billing_profile__user=user)


def profiles_of(user: User) -> QuerySet[BillingProfile]:
    """The profiles whose purchases are the user's: their own, and those of guests that they have claimed."""
    return BillingProfile.objects.filter(Q(user=user) | Q(claimed_by=user))


def sessions_of(user: User) -> QuerySet[UserSession]:
    """Where the user is signed in, the last seen first; expired sessions open nothing and are not told of."""
    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=clock.now())
    return UserSession.objects.filter(Exists(alive), user=user)
