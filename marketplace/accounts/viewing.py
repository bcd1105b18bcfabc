"""Looking as a user: what a request is while a member of the staff does so, and which views answer it then.

The session stays the staff's; two of its words say who is looked at as and until when. A request that looks
has the user and no session, a transaction that cannot write, and these views:

    what               while somebody looks
    GET and HEAD       answered as the user would be
    the console        closed, but for the way back
    POST               closed, but for views that only read by it, and those of the staff's own session
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from django.http import HttpRequest

from marketplace.accounts.models import User

PERMISSION: Final = "accounts.view_as_user"
# Of the session: who is looked at as, and until when.
VIEWED: Final = "viewed_user"
# Of the browser: that the session may hold that. It grants nothing; it spares all others the question.
COOKIE: Final = "viewing"

_ATTRIBUTE: Final = "while_viewing"
READS: Final = "reads"
OWN: Final = "own"

View = TypeVar("View", bound=Callable[..., object])


@dataclass(frozen=True, kw_only=True)
class Viewing:
    """Who looks as whom, and until when."""

    staff: User
    user: User
    until: datetime


def reads_by_post(view: View) -> View:
    """A view that takes POST and refuses by itself what would change something."""
    setattr(view, _ATTRIBUTE, READS)
    return view


def of_own_session(view: View) -> View:
    """A view that acts on the staff's own session: it never sees that somebody is looked at as."""
    setattr(view, _ATTRIBUTE, OWN)
    return view


def way_of(view: object) -> str:
    """What the view may do while somebody looks: READS, OWN, or nothing beyond GET."""
    return str(getattr(view, _ATTRIBUTE, ""))


def viewing_of(request: HttpRequest) -> Viewing | None:
    """How the request looks as another; None for all that are who they seem."""
    viewing: Viewing | None = getattr(request, "viewing", None)
    return viewing


def may_view(staff: User) -> bool:
    """Whether this member of the staff may look as users. Two statements, none for superusers."""
    return staff.is_active and staff.is_staff and staff.has_perm(PERMISSION)


def can_be_viewed(user: User) -> bool:
    """Whether anybody may look as this user: never as staff, whose eyes see more."""
    return user.is_active and not user.is_staff and not user.is_superuser
