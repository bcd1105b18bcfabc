"""What accounts do by the clock: sessions nobody comes back to, data that was taken home, guests who went."""

from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef

from marketplace.accounts.models import UserSession
from marketplace.accounts.operations import billing
from marketplace.accounts.operations.privacy import forget_exports
from marketplace.kernel import clock
from marketplace.kernel.jobs import periodic


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
