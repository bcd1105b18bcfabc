"""kill -9 between the claim of a payout and the provider's answer: it is made once."""

from datetime import timedelta

import pytest

from marketplace.gateway.models import SandboxPayout
from marketplace.kernel import clock
from payouts import jobs
from payouts.models import LedgerTransaction, Payout, TransactionKind
from payouts.operations import payouts
from payouts.operations.claiming import claim
from tests.support.books import faults
from tests.support.faults import run
from tests.support.payable import payee, sale
from tests.support.points import Fault
from tests.support.queue import run_queued

pytestmark = [pytest.mark.deep, pytest.mark.django_db(transaction=True)]

SENDING = {
    "claimed, not asked": Fault(words=('"gateway_sandboxkey"',)),
    "asked, the answer not kept": Fault(words=('UPDATE "payouts_payout"', '"ref"')),
    "kept, not committed": Fault(words=('UPDATE "payouts_payout"', '"ref"'), is_after=True),
}


@pytest.mark.parametrize("where", SENDING)
def test_h35_killed_between_the_claim_and_the_answer(where: str) -> None:
    vendor = payee()
    sale(vendor)
    (key,) = claim(vendor_id=vendor.pk).payout_ids
    assert run("pay_out", SENDING[where], payout=key)
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert [each.pk for each in payouts.to_be_asked()] == [key]
        jobs.see_payouts_through()
    run_queued()
    made = SandboxPayout.objects.get()
    payout = Payout.objects.get()
    assert (payout.status, payout.ref, made.amount_minor) == ("pending", made.ref, 9000)
    assert LedgerTransaction.objects.filter(kind=TransactionKind.PAYOUT_FAILED).count() == 0
    assert faults() == []
