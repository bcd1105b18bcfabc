"""Any terms on which goods are sold, for tests of properties."""

from typing import Final

from hypothesis import strategies as st

from checkout.models import PromotionKind, RateKind
from tests.support.trade import GOODS, VENDORS, Fee, Rate, Sale, Tax, Terms

CURRENCIES: Final = ("EUR", "JPY", "KWD")
SMALL: Final = st.integers(0, 999)

RATES: Final = st.builds(
    Rate,
    kind=st.sampled_from(RateKind),
    price_minor=SMALL,
    extra_minor=SMALL,
    free_from_minor=st.none() | st.integers(0, 9999),
)
TAXES: Final = st.builds(
    Tax,
    rate_bps=st.integers(1, 2500),
    is_included=st.booleans(),
    is_on_shipping=st.booleans(),
    is_platforms=st.booleans(),
)
SALES: Final = st.builds(
    Sale,
    kind=st.sampled_from(PromotionKind),
    vendor=st.none() | st.integers(0, VENDORS - 1),
    worth=st.integers(1, 10_000),
    share_bps=st.sampled_from([10_000, 10_000, 5000, 3333, 0]),
    has_code=st.booleans(),
    cap=st.none() | st.just(1),
)
FEES: Final = st.builds(
    lambda fixed, floor, more, tax: Fee(
        fixed_minor=fixed,
        floor_minor=floor,
        cap_minor=None if more is None else floor + more,
        tax_bps=tax,
    ),
    st.integers(0, 300),
    st.integers(0, 300),
    st.none() | SMALL,
    st.integers(0, 2500),
)
TERMS: Final = st.builds(
    Terms,
    currency=st.sampled_from(CURRENCIES),
    prices=st.tuples(*[st.integers(50, 9999)] * GOODS),
    rates=st.tuples(*[RATES] * VENDORS),
    taxes=st.lists(TAXES, max_size=2).map(tuple),
    sales=st.lists(SALES, max_size=3).map(tuple),
    stock=st.integers(2, 7),
    commission_bps=st.integers(0, 10_000),
    fee=st.none() | FEES,
)
