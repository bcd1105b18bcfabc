"""Global ids: one thing has one, and nothing else is one."""

import base64
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.api.scalars import LARGEST_KEY, decode_id, decode_key, encode_id
from marketplace.kernel.errors import InvalidInput


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@given(st.sampled_from(["Product", "VendorAccount"]), st.integers(0, LARGEST_KEY))
def test_an_id_decodes_to_what_it_was_made_of(type_name: str, key: int) -> None:
    assert decode_id(encode_id(type_name, key)) == (type_name, key)


@given(st.text() | st.text().map(encoded) | st.text().map(lambda text: encoded(f"Product:{text}")))
def test_whatever_decodes_encodes_back_to_itself(text: str) -> None:
    with suppress(InvalidInput):
        assert encode_id(*decode_id(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Product:1",
        "é",
        encoded("Product:12").rstrip("="),
        encoded("Product:1") + "\n",
        encoded("Product:01"),
        encoded("Product:-1"),
        encoded("Product:1:1"),
        encoded("Product:"),
        encoded(":1"),
        encoded("Pro duct:1"),
        encoded("Product\0:1"),
        encoded("Product:\N{ARABIC-INDIC DIGIT ONE}"),
        encoded(f"Product:{LARGEST_KEY + 1}"),
        encoded("Product:" + "1" * 5_000),
    ],
)
def test_what_we_did_not_give_out_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        decode_id(text, field="product")
    assert refused.value.field == "product"


def test_a_key_is_of_the_type_expected() -> None:
    assert decode_key(encode_id("Product", 7), "Product", field="product") == 7
    with pytest.raises(InvalidInput, match="Expected the id of a Vendor"):
        decode_key(encode_id("Product", 7), "Vendor", field="vendor")
