"""Another checklist: who would be asked by it, and who not any more."""

import pytest

from tests.factories.vendors import VendorFactory
from vendors.adjustable import ONBOARDING
from vendors.models import VendorStatus

pytestmark = pytest.mark.django_db


def test_the_impact_says_whom_a_new_checklist_reaches() -> None:
    for status in (VendorStatus.APPLIED, VendorStatus.REJECTED, VendorStatus.APPROVED, VendorStatus.CLOSED):
        VendorFactory.create(status=status)
    assert ONBOARDING.impact(("terms",), ("profile", "tax")) == [
        "Asked for from now on: profile, tax. Not asked for any more: terms.",
        "2 vendors prepare an application, to be submitted by the new checklist.",
        "0 applications wait for a decision, which the new checklist may hold up.",
        "1 vendor sells already and will not be asked.",
    ]
