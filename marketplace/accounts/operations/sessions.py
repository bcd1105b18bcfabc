"""The browsers somebody is signed in with: remembered at sign-in, seen again, ended.

A session is ended by deleting it, so it ends at once, and a request that still runs with it cannot write it
back. What this page does not list (a session made otherwise) ends by the user's session generation.
"""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest

from marketplace.accounts import authentication
from marketplace.accounts.devices import device_of, network_of
from marketplace.accounts.models import User, UserSession
from marketplace.kernel import clock
from marketplace.kernel.client_address import client_address
from marketplace.kernel.errors import NotFound

SEEN: Final = "seen_at"
# How exact "last seen" is: a write for each request would be dearer than the answer is worth.
SEEN_EVERY: Final = timedelta(minutes=10)


def remember_session(*, request: HttpRequest, user: User) -> UserSession:
    """List the session that the user has just begun. One without a key is written, to get one."""
    if request.session.session_key is None:
        request.session.save()
    request.session[SEEN] = clock.now().timestamp()
    key = str(request.session.session_key)
    # Who signs in where they are signed in already keeps the session.
    UserSession.objects.filter(session_key=key).delete()
    return UserSession.objects.create(
        user=user,
        session_key=key,
        device=device_of(request.headers.get("User-Agent", "")),
        network=_network(request),
    )


def see_session(*, request: HttpRequest) -> None:
    """Note that the session is in use, every SEEN_EVERY at most."""
    seen_at = request.session.get(SEEN)
    if seen_at is None or clock.now().timestamp() - seen_at < SEEN_EVERY.total_seconds():
        return
    request.session[SEEN] = clock.now().timestamp()
    mine = UserSession.objects.filter(session_key=request.session.session_key)
    mine.update(last_seen_at=clock.now(), network=_network(request))


def keep_session(*, request: HttpRequest, user: User) -> None:
    """Let this session go on, under a new key, after what all sessions are checked against has changed."""
    key = request.session.session_key
    authentication.keep_session(request, user)
    UserSession.objects.filter(session_key=key).update(session_key=request.session.session_key)


def end_session(*, user: User, session_id: int) -> None:
    """Sign the user out in one browser. Raises NotFound for a session that is not theirs as for none."""
    with transaction.atomic():
        if not _end(user.sessions.filter(pk=session_id)):
            raise NotFound(thing="session", field="session")


def end_other_sessions(*, request: HttpRequest, user: User) -> None:
    """Sign the user out everywhere but here."""
    with transaction.atomic():
        end_sessions(user=user, but=request)
        User.objects.filter(pk=user.pk).update(session_generation=F("session_generation") + 1)
        user.refresh_from_db(fields=["session_generation"])
        keep_session(request=request, user=user)


def end_sessions(*, user: User, but: HttpRequest | None = None) -> None:
    """Delete the user's listed sessions, but for the one of this request. The caller sees to the others."""
    kept = None if but is None else but.session.session_key
    _end(user.sessions.exclude(session_key=kept or ""))


def end_all(*, user: User) -> None:
    """Sign the user out everywhere, listed or not."""
    end_sessions(user=user)
    User.objects.filter(pk=user.pk).update(session_generation=F("session_generation") + 1)


def _end(rows: "QuerySet[UserSession]") -> int:
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    count, _ = UserSession.objects.filter(session_key__in=keys).delete()
    return count


def _network(request: HttpRequest) -> str:
    return network_of(client_address(request.META, trusted_proxies=settings.TRUSTED_PROXIES))
