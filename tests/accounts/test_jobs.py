from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from pytest_django import Settings

from marketplace.accounts import jobs
from marketplace.accounts.models import DataExport, GuestEmail, UserSession
from marketplace.kernel import clock
from tests.factories.accounts import GuestEmailFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_expired_sessions_are_deleted_and_others_kept() -> None:
    for key, hours in (("expired", -1), ("alive", 1)):
        Session.objects.create(session_key=key, expire_date=clock.now() + timedelta(hours=hours))
    jobs.delete_expired_sessions()
    assert [session.session_key for session in Session.objects.all()] == ["alive"]


def test_guests_are_forgotten_after_their_days(settings: Settings) -> None:
    GuestEmailFactory.create()
    jobs.forget_idle_guests()
    assert GuestEmail.objects.count() == 1
    settings.GUEST_DAYS = 0
    jobs.forget_idle_guests()
    assert GuestEmail.objects.count() == 0


def test_the_list_forgets_sessions_that_are_gone() -> None:
    user = UserFactory.create()
    Session.objects.create(session_key="alive", expire_date=clock.now() + timedelta(hours=1))
    for key in ("alive", "gone"):
        UserSession.objects.create(user=user, session_key=key, device="Firefox", network="198.51.100.0/24")
    jobs.delete_expired_sessions()
    assert [row.session_key for row in UserSession.objects.all()] == ["alive"]


def test_an_export_is_forgotten_after_a_week() -> None:
    for days in (6, 8):
        asked = clock.now() - timedelta(days=days)
        DataExport.objects.create(user=UserFactory.create(), requested_at=asked)
    jobs.forget_data_exports()
    assert DataExport.objects.get().requested_at > clock.now() - timedelta(days=7)
