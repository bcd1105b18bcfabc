"""What is said against disputes: once, by all who have a part, and never after the time."""

from datetime import timedelta

import pytest
from django.test import override_settings

from marketplace.accounts.errors import PaymentsSilent
from marketplace.accounts.models import User
from marketplace.gateway.models import SandboxDispute
from marketplace.gateway.provider import Evidence
from marketplace.kernel import clock
from payouts.errors import DisputeNotAnswerable
from payouts.models import Dispute, DisputeEvidence
from payouts.operations.evidence import answer_dispute
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable
from tests.factories.sold import part_of, sold
from tests.support.disputed import decided, disputed
from tests.support.providers import Mute, named
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


def say(
    dispute: Dispute, vendor: Vendor | None, text: str, *, is_final: bool = False, by: User | None = None
) -> Dispute:
    """Something is said of the parcel, and sent."""
    return answer_dispute(
        dispute=dispute,
        vendor=vendor,
        author=by or UserFactory.create(),
        said=Evidence(shipping_tracking_number=text),
        is_final=is_final,
        idempotency_key=text,
    )


def test_what_each_vendor_says_goes_along_and_the_last_word_is_the_last_vendors() -> None:
    clay, wood = buyable(), buyable()
    order = sold(clay, wood)
    dispute = disputed(order)
    first, second = part_of(order, clay).vendor, part_of(order, wood).vendor
    assert say(dispute, first, "A-1", is_final=True).evidence_sent_at is None
    say(dispute, second, "B-1")
    told = say(dispute, second, "B-2", is_final=True)
    assert (told.status, told.evidence_sent_at is not None) == ("under_review", True)
    assert SandboxDispute.objects.get().evidence["shipping_tracking_number"] == "A-1\n\nB-2"
    with pytest.raises(DisputeNotAnswerable):
        say(dispute, first, "A-2")
    assert DisputeEvidence.objects.count() == 3


def test_the_platform_has_the_last_word() -> None:
    order = sold(buyable(), buyable())
    assert say(disputed(order), None, "P-1", is_final=True).status == "under_review"


def test_nothing_is_said_after_the_time_or_the_end() -> None:
    order = sold()
    dispute, vendor = disputed(order), part_of(order).vendor
    with (
        clock.at((dispute.evidence_due_at or clock.now()) + timedelta(seconds=1)),
        pytest.raises(DisputeNotAnswerable),
    ):
        say(dispute, vendor, "late")
    with pytest.raises(DisputeNotAnswerable, match="won"):
        say(decided(dispute, wins=True), vendor, "later")
    assert not DisputeEvidence.objects.exists()


def test_an_answer_that_was_lost_is_sent_again_under_its_key() -> None:
    order = sold()
    dispute, vendor, author = disputed(order), part_of(order).vendor, UserFactory.create()
    with override_settings(PAYMENT_PROVIDERS=named(Mute)), pytest.raises(PaymentsSilent):
        say(dispute, vendor, "A-1", is_final=True, by=author)
    assert DisputeEvidence.objects.get().sent_at is None
    assert say(dispute, vendor, "A-1", is_final=True, by=author).status == "under_review"
    assert DisputeEvidence.objects.get().sent_at is not None
