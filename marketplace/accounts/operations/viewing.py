"""Staff look at the pages as a user does: begun with a reason, ended by a button or by time.

Nothing of the user is touched, neither sessions nor last sign-in; both ends stand in the audit table.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from marketplace.accounts.models import User
from marketplace.accounts.viewing import VIEWED, Viewing, can_be_viewed, may_view
from marketplace.kernel import audit, clock
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.kernel.texts import prose

LONGEST_REASON: Final = 500
# Why it ended, in the audit table.
BY_BUTTON: Final = "button"
SIGNED_OUT: Final = "signed_out"
EXPIRED: Final = "expired"
NOT_PERMITTED: Final = "not_permitted"
USER_CHANGED: Final = "user_changed"


def begin_view(*, request: HttpRequest, actor: User, user: User, reason: str) -> Viewing:
    """Let the session of this request, which is the actor's, look as the user for VIEW_AS_MINUTES.

    The caller tells the browser, by the cookie. Raises NotFound for an actor who may not, InvalidInput for a
    user nobody may look as, or without a reason.
    """
    if not may_view(actor):
        raise NotFound(thing="user", field="user")
    if not can_be_viewed(user):
        raise InvalidInput(field="user", reason="Nobody looks as staff, or as an account that is closed.")
    note = prose(reason, field="reason", longest=LONGEST_REASON, shortest=1)
    until = clock.now() + timedelta(minutes=settings.VIEW_AS_MINUTES)
    with transaction.atomic():
        audit.record(
            actor=actor,
            action="accounts.view_begun",
            subject=user,
            after={"until": until.isoformat()},
            note=note,
        )
    request.session[VIEWED] = {"user": user.pk, "until": until.timestamp()}
    return Viewing(staff=actor, user=user, until=until)


def end_view(*, request: HttpRequest, reason: str) -> int | None:
    """Let the session look as nobody any more; the key of who it looked as, None where that was nobody."""
    viewed = request.session.pop(VIEWED, None)
    if viewed is None or not isinstance(request.user, User):
        return None
    with transaction.atomic():
        # By key: the account may be gone meanwhile.
        user = User(pk=viewed["user"])
        audit.record(actor=request.user, action="accounts.view_ended", subject=user, reason=reason)
    return int(viewed["user"])


def view_of(*, request: HttpRequest) -> Viewing | None:
    """How this session looks as another now; None where it does not, or does no more.

    Asked for every request: what has ended is noted and forgotten here. Two statements beside those of the
    session, two more for the permission.
    """
    staff = request.user
    # Asked first: a session that was ended is emptied by it.
    if not isinstance(staff, User):
        return None
    viewed = request.session.get(VIEWED)
    if viewed is None:
        return None
    user = User.objects.filter(pk=viewed["user"]).first()
    until = datetime.fromtimestamp(viewed["until"], tz=UTC)
    if clock.now() >= until:
        reason = EXPIRED
    elif not may_view(staff):
        reason = NOT_PERMITTED
    elif user is None or not can_be_viewed(user):
        reason = USER_CHANGED
    else:
        return Viewing(staff=staff, user=user, until=until)
    end_view(request=request, reason=reason)
    return None
