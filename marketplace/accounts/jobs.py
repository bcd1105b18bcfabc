"""What accounts do by themselves: with the payment provider for users, and by the clock with what is idle."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef

from marketplace.accounts.models import BillingProfile, UserSession
from marketplace.accounts.operations import billing, cards
from marketplace.accounts.operations.privacy import forget_exports
from marketplace.kernel import clock
from marketplace.kernel.jobs import job, periodic

# Longer than the keys by which a setup is asked for again.
SETUPS_KEPT: Final = timedelta(days=settings.IDEMPOTENCY_KEY_DAYS + 1)


@job()
def make_customer(user_id: int) -> None:
    """Introduce a buyer to the payment provider, who may then keep cards for them."""
    profile = BillingProfile.objects.filter(user=user_id, is_active=True).select_related("user").first()
    if profile is not None:
        cards.ensure_customer(profile)


@job()
def forget_cards(user_id: int) -> None:
    """Let the payment provider forget somebody who has left, with their cards."""
    cards.forget_cards(user_id=user_id)


@periodic("31 3 * * *")
def forget_card_setups() -> None:
    """Every night."""
    cards.forget_setups(older_than=SETUPS_KEPT)


@periodic("29 3 * * *")
def forget_data_exports() -> None:
    """Every night; who needs the data again asks again."""
    forget_exports()


@periodic("23 3 * * *")
def delete_expired_sessions() -> None:
    """Every night; an expired session opens nothing, it only takes room."""
    Session.objects.filter(expire_date__lte=clock.now()).delete()
    kept = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(kept)).delete()


@periodic("33 3 * * *")
def forget_idle_guests() -> None:
    """Every night; the address of somebody who gave it and bought nothing is not ours to keep."""
    billing.forget_guests(older_than=timedelta(days=settings.GUEST_DAYS))
