"""Figures that add up."""

from analytics.income import Figures
from marketplace.kernel.money import Money


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def figures(gross: int, off: int, units: int = 1) -> Figures:
    """Some goods, and the same amount off for each reason."""
    return Figures(
        gross=eur(gross),
        refunds=eur(off),
        discounts=eur(off),
        shipping=eur(100),
        commission=eur(off),
        tax=eur(7),
        orders=1,
        units=units,
    )


def test_revenue_is_of_goods_alone() -> None:
    assert figures(1000, -10).revenue == eur(980)


def test_net_is_goods_and_shipping_less_what_goes_off() -> None:
    assert figures(1000, -10).net == eur(1070)


def test_figures_together() -> None:
    together = Figures.sum([figures(1000, -10), figures(500, -1, units=3)], "EUR")
    assert together == Figures(
        gross=eur(1500),
        refunds=eur(-11),
        discounts=eur(-11),
        shipping=eur(200),
        commission=eur(-11),
        tax=eur(14),
        orders=2,
        units=4,
    )
    assert Figures.sum([], "JPY").net == Money.zero("JPY")
