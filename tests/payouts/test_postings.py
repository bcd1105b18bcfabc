"""What is posted for a sale, as values."""

from hypothesis import given
from hypothesis import strategies as st

from payouts.models import AccountKind
from payouts.postings import AccountName, Posting, Share, sale


def share(vendor: int, paid: int, commission: int, *, funded: int = 0, remitted: int = 0) -> Share:
    return Share(
        vendor_id=vendor,
        vendor_order_id=vendor + 70,
        paid_minor=paid,
        commission_minor=commission,
        funded_minor=funded,
        remitted_minor=remitted,
    )


def name(kind: AccountKind, vendor: int | None = None) -> AccountName:
    return AccountName(kind=kind, currency="EUR", vendor_id=vendor)


def test_each_vendor_gets_what_remains_of_what_was_paid() -> None:
    assert sale("EUR", [share(1, 12_000, 1000), share(2, 645, 194)]) == [
        Posting(account=name(AccountKind.BUYER_CLEARING), amount_minor=-12_645),
        Posting(account=name(AccountKind.VENDOR_PAYABLE, 1), amount_minor=11_000, vendor_order_id=71),
        Posting(account=name(AccountKind.VENDOR_PAYABLE, 2), amount_minor=451, vendor_order_id=72),
        Posting(account=name(AccountKind.COMMISSION), amount_minor=1194),
    ]


def test_what_the_platform_pays_and_remits_has_accounts_of_its_own() -> None:
    assert sale("EUR", [share(1, 10_710, 1190, funded=1190, remitted=1710)]) == [
        Posting(account=name(AccountKind.BUYER_CLEARING), amount_minor=-10_710),
        Posting(account=name(AccountKind.PROMOTION_EXPENSE), amount_minor=-1190),
        Posting(account=name(AccountKind.VENDOR_PAYABLE, 1), amount_minor=9000, vendor_order_id=71),
        Posting(account=name(AccountKind.COMMISSION), amount_minor=1190),
        Posting(account=name(AccountKind.TAX_PAYABLE), amount_minor=1710),
    ]


def test_h7_the_platform_may_pay_more_than_it_earns() -> None:
    assert [each.amount_minor for each in sale("EUR", [share(1, 5000, 1000, funded=5000)])] == [
        -5000,
        -5000,
        9000,
        1000,
    ]


def test_what_moves_nothing_is_not_posted() -> None:
    assert sale("EUR", [share(1, 0, 0)]) == []
    assert [posting.account.kind for posting in sale("EUR", [share(1, 500, 500)])] == [
        AccountKind.BUYER_CLEARING,
        AccountKind.COMMISSION,
    ]


AMOUNTS = st.integers(0, 10**12)


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS), max_size=12))
def test_a_sale_sums_to_zero(amounts: list[tuple[int, int, int, int]]) -> None:
    shares = [
        share(vendor, paid, kept, funded=funded, remitted=remitted)
        for vendor, (paid, kept, funded, remitted) in enumerate(amounts, start=1)
    ]
    assert sum(posting.amount_minor for posting in sale("EUR", shares)) == 0


def test_accounts_have_one_order() -> None:
    names = [name(AccountKind.VENDOR_PAYABLE, 10), name(AccountKind.VENDOR_PAYABLE, 9)]
    assert [each.vendor_id for each in sorted(names, key=lambda each: each.place)] == [9, 10]
