import pytest

from marketplace.demo import pictures
from marketplace.demo.pictures import Point


def test_a_curve_passes_through_its_points() -> None:
    points: list[Point] = [(0, 0), (50, 100), (120, 80)]
    curve = pictures.smooth(points)
    assert curve[0] == points[0]
    assert curve[-1] == points[-1]
    assert min(abs(x - 50) + abs(y - 100) for x, y in curve) < 1


@pytest.mark.parametrize(("share", "colour"), [(0, (0, 0, 0)), (0.5, (50, 100, 128)), (1, (100, 200, 255))])
def test_mixing_leads_from_one_colour_to_the_other(share: float, colour: pictures.Colour) -> None:
    assert pictures.mix((0, 0, 0), (100, 200, 255), share) == colour


def test_a_colour_is_read_from_its_hexadecimal_form() -> None:
    assert pictures.parse("#7fa3a8") == (127, 163, 168)
