import pytest

from marketplace.web.templatetags import shop


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1234.50", "EUR", "€1,234.50"),
        ("1255", "JPY", "¥1,255"),
        ("-4.00", "USD", "\u2212$4.00"),
        ("0.125", "KWD", "KWD\u202f0.125"),
    ],
)
def test_money_reads_as_people_write_it(amount: str, currency: str, shown: str) -> None:
    assert shop.money({"amount": amount, "currency": currency}) == shown


@pytest.mark.parametrize(("amount", "is_some"), [("0.00", False), ("0", False), ("0.01", True), ("-1", True)])
def test_nothing_is_not_some(amount: str, is_some: bool) -> None:
    assert shop.is_some({"amount": amount, "currency": "EUR"}) is is_some


def test_a_country_goes_by_its_name() -> None:
    assert [shop.country("CZ"), shop.country("XX")] == ["Czechia", "XX"]


def test_a_field_shows_its_own_problem_and_no_other() -> None:
    class AtCity:
        field, message = "city", "Where?"

    context = {"problem": AtCity, "form": {"city": "", "name": "Ada"}}
    assert shop.field(context, "city", "City")["problem"] is AtCity
    assert shop.field(context, "name", "Name") == {
        "name": "name",
        "label": "Name",
        "value": "Ada",
        "problem": None,
        "type": "text",
        "hint": "",
        "is_required": True,
        "attributes": {},
    }
