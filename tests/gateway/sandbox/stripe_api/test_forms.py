"""Forms as Stripe writes them: nested, with lists; and those that are none."""

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe._encode import _api_encode

from marketplace.gateway.sandbox.stripe_api.faults import Fault
from marketplace.gateway.sandbox.stripe_api.forms import MOST_FIELDS, decode

WORDS = st.text("abc", min_size=1, max_size=3)
TEXTS = st.text(max_size=5)
PLAIN = TEXTS | st.lists(TEXTS, min_size=1, max_size=3)
INNER = PLAIN | st.dictionaries(WORDS, PLAIN, min_size=1, max_size=2)
NESTED = (
    INNER | st.lists(INNER, min_size=1, max_size=2) | st.dictionaries(WORDS, INNER, min_size=1, max_size=2)
)


@given(st.dictionaries(WORDS, NESTED, max_size=3))
def test_what_stripes_library_writes_is_read_as_it_was_meant(meant: dict[str, Any]) -> None:
    written = urlencode(list(_api_encode(meant)))
    assert decode(written) == meant


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("", {}),
        ("a=", {"a": ""}),
        ("a=1&a=2", {"a": "2"}),
        ("a[]=1&a[]=2", {"a": ["1", "2"]}),
        ("a[1]=1", {"a": {"1": "1"}}),
        ("expand%5B0%5D=b", {"expand": ["b"]}),
    ],
)
def test_a_form_is_read(raw: str, read: dict[str, Any]) -> None:
    assert decode(raw) == read


@pytest.mark.parametrize(
    "raw",
    [
        "[a]=1",
        "a[=1",
        "a]=1",
        "a[b]c=1",
        "a=1&a[b]=1",
        "a[b][c][d][e][f][g]=1",
        "&".join(["a=1"] * (MOST_FIELDS + 1)),
    ],
)
def test_what_is_no_form_is_refused(raw: str) -> None:
    with pytest.raises(Fault):
        decode(raw)
