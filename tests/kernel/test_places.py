from marketplace.kernel.money import EXPONENTS
from marketplace.kernel.places import COUNTRIES, CURRENCIES, timezones


def test_the_codes_have_their_form() -> None:
    assert len(COUNTRIES) == 249
    assert all(len(code) == 2 and code.isupper() for code in COUNTRIES)
    assert all(len(code) == 3 and code.isupper() for code in CURRENCIES)


def test_every_currency_with_other_decimals_is_known_units_of_account_apart() -> None:
    assert set(EXPONENTS) - CURRENCIES == {"CLF", "UYI", "UYW"}


def test_the_time_zones_are_the_machines() -> None:
    assert {"UTC", "Europe/Paris", "Asia/Kolkata"} <= timezones()
    assert "Mars/Olympus" not in timezones()
