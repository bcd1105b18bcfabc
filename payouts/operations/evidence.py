"""What is said against a dispute: kept first, then sent to the provider, who passes it on to the bank.

A dispute is answered once. Where several vendors have a part in it, what each says goes along, and it is over
with the word of the last of them, or of the platform.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Final

from django.db import transaction
from django.db.models import F

from checkout.models import Payment
from marketplace.accounts.errors import PaymentsSilent
from marketplace.accounts.models import User
from marketplace.gateway import registry
from marketplace.gateway.provider import Evidence, ProviderRefused, ProviderUnavailable
from marketplace.kernel import audit, clock
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.idempotency import Outcome, once
from marketplace.kernel.locking import lock_one
from marketplace.kernel.texts import prose
from payouts.errors import DisputeNotAnswerable
from payouts.models import ANSWERABLE, Dispute, DisputeEvidence, DisputeStatus
from payouts.operations.disputes import settle_dispute
from vendors.models import Vendor

ANSWERED: Final = "payouts.dispute_answered"
LONGEST: Final = 20_000


def answer_dispute(
    *,
    dispute: Dispute,
    vendor: Vendor | None,
    author: User,
    said: Evidence,
    is_final: bool,
    idempotency_key: str | None = None,
) -> Dispute:
    """Say something against a dispute, for a vendor who has a part in it or, without one, for the platform.

    What was said before stays, but for what is said anew. With `is_final` it goes to the bank, once; of
    several vendors when each has had the last word, or the platform. The same request may be sent again when
    the provider was silent: what was kept is sent then.

    Locks the payment. Audited. Raises DisputeNotAnswerable once it was sent, has ended or the time is over;
    InvalidInput, PaymentsSilent, IdempotencyKeyReused, RequestInProgress; RuntimeError inside a transaction.
    """
    texts = {
        name: prose(text, field=name, longest=LONGEST) for name, text in asdict(said).items() if text.strip()
    }
    if not texts and not is_final:
        raise InvalidInput(reason="Say something.")
    with transaction.atomic():
        outcome = once(
            scope=f"answerDispute:dispute:{dispute.pk}:{vendor.pk if vendor else 'platform'}",
            key=idempotency_key,
            payload={"said": texts, "final": is_final},
            run=lambda: Outcome(
                "kept", {"evidence": _keep(dispute, vendor, author, said=texts, is_final=is_final).pk}
            ),
        )
    kept = DisputeEvidence.objects.select_related("dispute").get(pk=outcome.ids["evidence"])
    if kept.sent_at is None:
        _send(kept)
    return _as_told(kept.dispute)


def _as_told(dispute: Dispute) -> Dispute:
    """The dispute as the provider has it now. Raises PaymentsSilent."""
    try:
        return settle_dispute(provider=dispute.provider, ref=dispute.ref)
    except ProviderUnavailable as fault:
        raise PaymentsSilent from fault


def _keep(
    dispute: Dispute, vendor: Vendor | None, author: User, *, said: Mapping[str, str], is_final: bool
) -> DisputeEvidence:
    lock_one(Payment.objects.filter(pk=dispute.payment_id))
    dispute.refresh_from_db()
    is_late = dispute.evidence_due_at is not None and dispute.evidence_due_at < clock.now()
    if dispute.status not in ANSWERABLE or dispute.evidence_sent_at is not None or is_late:
        raise DisputeNotAnswerable(state=dispute.status)
    before = list(DisputeEvidence.objects.filter(dispute=dispute).order_by("pk"))
    if any(each.has_ended_it for each in before):
        raise DisputeNotAnswerable(state=DisputeStatus.UNDER_REVIEW.value)
    made = DisputeEvidence(dispute=dispute, vendor=vendor, author=author, said=dict(said), is_final=is_final)
    made.sent = merged([*before, made])
    made.has_ended_it = _is_last_word([*before, made])
    made.save()
    audit.record(
        actor=author,
        action=ANSWERED,
        subject=vendor or dispute,
        after={"dispute": dispute.ref, "said": sorted(said), "final": is_final},
    )
    return made


def merged(rows: list[DisputeEvidence]) -> dict[str, str]:
    """What all have said, each the last they said of a thing; no longer than the bank takes."""
    by_author: dict[int | None, dict[str, str]] = {}
    for row in rows:
        by_author.setdefault(row.vendor_id, {}).update(row.said)
    return {
        each.name: text[:LONGEST]
        for each in fields(Evidence)
        if (text := "\n\n".join(said[each.name] for said in by_author.values() if said.get(each.name)))
    }


def _is_last_word(rows: list[DisputeEvidence]) -> bool:
    """Whether the platform has had it, or every vendor with a part."""
    had = {row.vendor_id for row in rows if row.is_final}
    shares = rows[-1].dispute.shares.filter(amount_minor__gt=0)
    having = set(shares.values_list("vendor_order__vendor", flat=True))
    return None in had or (bool(having) and having <= had)


def _send(kept: DisputeEvidence) -> None:
    try:
        registry.provider(kept.dispute.provider).submit_evidence(
            kept.dispute.ref, evidence=Evidence(**kept.sent), is_final=kept.has_ended_it, key=kept.key
        )
    except ProviderUnavailable as fault:
        raise PaymentsSilent from fault
    except ProviderRefused as refusal:
        # It was never sent: it is not the last word, and the next attempt has another key.
        DisputeEvidence.objects.filter(pk=kept.pk, sent_at=None).update(
            version=F("version") + 1, has_ended_it=False, is_final=False
        )
        raise DisputeNotAnswerable(state=kept.dispute.status) from refusal
    DisputeEvidence.objects.filter(pk=kept.pk, sent_at=None).update(sent_at=clock.now())
