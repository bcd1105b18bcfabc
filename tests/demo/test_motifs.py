import io

import pytest
from PIL import Image, ImageStat

from marketplace.demo import motifs


def _drawn(motif: str, tint: str) -> Image.Image:
    return Image.open(io.BytesIO(motifs.draw(motif, tint=tint)))


@pytest.mark.parametrize("motif", sorted(motifs.MOTIFS))
def test_a_motif_shows_something_on_a_square_picture(motif: str) -> None:
    picture = _drawn(motif, "#7fa3a8")
    assert (picture.format, picture.size, picture.mode) == ("JPEG", (800, 800), "RGB")
    middle = ImageStat.Stat(picture.convert("L").crop((192, 240, 768, 768)))
    assert middle.stddev[0] > 10


def test_a_picture_is_the_same_every_time() -> None:
    assert motifs.draw("mug", tint="#7fa3a8") == motifs.draw("mug", tint="#7fa3a8")


def test_a_tint_colours_the_thing() -> None:
    def body(tint: str) -> tuple[float, ...]:
        return tuple(ImageStat.Stat(_drawn("mug", tint).crop((400, 500, 560, 650))).mean)

    red, green, blue = body("#c03020")
    assert red > green + 40
    assert red > blue + 40
    red, green, blue = body("#2040c0")
    assert blue > red + 40
