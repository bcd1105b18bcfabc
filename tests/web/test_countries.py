from marketplace.kernel.places import COUNTRIES
from marketplace.web.countries import NAMES


def test_every_country_has_a_name_and_nothing_else_has() -> None:
    assert frozenset(NAMES) == COUNTRIES
    assert len(set(NAMES.values())) == len(COUNTRIES)
