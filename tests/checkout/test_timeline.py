"""Records in words."""

from typing import Any

from checkout.operations.cancel import CancelReason
from checkout.timeline import TELLINGS, WHY, timeline


def _record(action: str, /, **facts: Any) -> dict[str, Any]:
    before, reason = facts.pop("before", None), facts.pop("reason", "")
    at = "2026-11-21T10:00:00+00:00"
    return {"action": action, "at": at, "before": before, "after": facts, "reason": reason}


def test_every_reason_has_its_words() -> None:
    assert set(WHY) == set(CancelReason.values)


def test_every_record_has_its_words() -> None:
    records = [
        _record("moved", before={"status": "pending"}, status="open"),
        _record("checkout.units_cancelled", reason="not_shipped", units=1),
        _record("checkout.refunded", reason="cancelled", refund="9f0c", minor=1230),
        _record("checkout.parcel_shipped", parcel="K-1-F1"),
        _record("checkout.parcel_delivered", parcel="K-1-F1"),
        _record("checkout.return_requested", **{"return": "K-1-R1"}),
        _record("checkout.return_answered", **{"return": "K-1-R1", "status": "approved"}),
        _record("checkout.return_answered", **{"return": "K-1-R2", "status": "declined"}),
        _record("checkout.return_received", **{"return": "K-1-R1", "units": 2}),
        _record("checkout.case_opened", case="K-1-C1"),
        _record("moved", before={"status": "delivered"}, status="completed"),
        _record("moved", before={"status": "pending"}, status="cancelled"),
    ]
    assert {record["action"] for record in records} == set(TELLINGS)
    assert [(each.what.value, each.text) for each in timeline(records, "EUR")] == [
        ("paid", "It is paid, and is to be sent."),
        ("units_cancelled", "1 unit cancelled: they were not sent in time."),
        ("refunded", "12.30 EUR goes back."),
        ("shipped", "The parcel K-1-F1 is on its way."),
        ("delivered", "The parcel K-1-F1 has arrived."),
        ("return_requested", "The return K-1-R1 was asked for."),
        ("return_approved", "The return K-1-R1 may be sent."),
        ("return_declined", "The return K-1-R2 was declined."),
        ("return_received", "2 units came back with the return K-1-R1."),
        ("case_opened", "The case K-1-C1 was opened."),
        ("completed", "It is completed."),
        ("not_paid", "It was not paid, and is cancelled."),
    ]


def test_what_parcels_and_units_tell_is_not_told_twice() -> None:
    records = [
        _record("moved", before={"status": "open"}, status="shipped"),
        _record("moved", before={"status": "open"}, status="cancelled"),
        _record("checkout.refunded", refund="9f0c", minor=0),
    ]
    assert timeline(records, "EUR") == []
