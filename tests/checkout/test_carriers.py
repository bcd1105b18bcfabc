"""Numbers of parcels as they are kept, and where they are followed."""

import pytest

from checkout.carriers import CARRIERS, page_of, tracked
from marketplace.kernel.errors import InvalidInput


@pytest.mark.parametrize(
    ("carrier", "number", "kept"),
    [
        ("", "", ("", "")),
        (" dhl ", "", ("DHL", "")),
        ("dhl", "0034 0434 1234", ("DHL", "003404341234")),
        ("ups", "1z 999aa1 0123456784", ("UPS", "1Z999AA10123456784")),
        ("Ox & Cart", "wagon-12", ("Ox & Cart", "WAGON-12")),
    ],
)
def test_as_it_is_kept(carrier: str, number: str, kept: tuple[str, str]) -> None:
    assert tracked(carrier, number) == kept


@pytest.mark.parametrize(
    ("carrier", "number", "field"),
    [
        ("", "123456", "carrier"),
        ("DHL", "123", "trackingNumber"),
        ("UPS", "1Z", "trackingNumber"),
        ("Ox & Cart", "wagon/12", "trackingNumber"),
        ("x" * 41, "", "carrier"),
    ],
)
def test_what_is_none_is_refused(carrier: str, number: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        tracked(carrier, number)
    assert refused.value.field == field


def test_where_it_is_followed() -> None:
    assert page_of("UPS", "1Z1") == "https://www.ups.com/track?tracknum=1Z1"
    assert (page_of("Ox & Cart", "WAGON-12"), page_of("UPS", "")) == ("", "")
    assert {page_of(name, "1").startswith("https://") for name in CARRIERS} == {True}
