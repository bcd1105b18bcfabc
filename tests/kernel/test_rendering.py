import base64
import contextlib
import io
import random
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from marketplace.kernel.pictures import SQUARE, WIDE
from marketplace.kernel.rendering import MAX_BYTES, Picture, Sizes, Unusable, read, render, write
from tests.factories.catalog import picture


def _sizes(prepared: Picture) -> list[tuple[int, int]]:
    return [(rendition.width, rendition.height) for rendition in prepared.renditions]


def _prepared(content: bytes, sizes: Sizes = WIDE) -> Picture:
    return render(content, sizes)


def _largest(prepared: Picture) -> Image.Image:
    return Image.open(io.BytesIO(prepared.renditions[-1].content))


def _pixel(image: Image.Image) -> tuple[int, ...]:
    """The colour a little off the corner."""
    pixel = image.convert("RGBA").getpixel((4, 4))
    assert isinstance(pixel, tuple)
    return pixel


def _bomb(width: int, height: int) -> bytes:
    """A PNG of 70 bytes whose header promises that size."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(b""))]
    body = b"".join(
        struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part))
        for kind, part in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (2000, [(480, 240), (960, 480), (1600, 800)]),
        (1600, [(480, 240), (960, 480), (1600, 800)]),
        (700, [(480, 240), (700, 350)]),
        (480, [(480, 240)]),
        (1, [(1, 1)]),
    ],
)
def test_a_picture_has_every_width_below_its_own_and_none_above(
    width: int, expected: list[tuple[int, int]]
) -> None:
    assert _sizes(_prepared(picture(width=width, height=max(1, width // 2)))) == expected


@pytest.mark.parametrize(
    ("kind", "modes"),
    [
        ("JPEG", ["L", "RGB", "CMYK"]),
        ("PNG", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"]),
        ("WEBP", ["RGB", "RGBA"]),
        ("GIF", ["1", "L", "P"]),
    ],
)
def test_every_kind_becomes_webp(kind: str, modes: list[str]) -> None:
    prepared = [_prepared(picture(kind=kind, mode=mode, colour=0)) for mode in modes]
    assert [_sizes(each) for each in prepared] == [[(60, 40)]] * len(modes)
    assert {_largest(each).format for each in prepared} == {"WEBP"}


def test_a_picture_is_known_by_its_content() -> None:
    prepared = _prepared(picture(kind="JPEG"))
    assert _sizes(prepared) == [(60, 40)]
    assert _largest(prepared).format == "WEBP"


def test_other_formats_are_refused() -> None:
    with pytest.raises(Unusable) as caught:
        _prepared(picture(kind="BMP"))
    assert str(caught.value) == "it is not a JPEG, PNG, WebP or GIF picture"


def test_transparency_is_kept_and_opaque_pictures_have_none() -> None:
    assert _largest(_prepared(picture(mode="RGBA"))).mode == "RGB"
    clear = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(clear, "PNG")
    assert _pixel(_largest(_prepared(clear.getvalue()))) == (0, 0, 0, 0)


def test_a_picture_stands_upright_and_its_metadata_is_gone() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter: as stored it lies on its side
    exif[0x010F] = "Camera of somebody"
    prepared = _prepared(picture(width=60, height=40, kind="JPEG", exif=exif))
    assert _sizes(prepared) == [(40, 60)]
    assert dict(_largest(prepared).getexif()) == {}
    assert b"Camera of somebody" not in prepared.renditions[-1].content


@pytest.mark.parametrize(
    "profile", [ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), b"no profile at all"]
)
def test_a_colour_profile_is_applied_if_it_can_be_and_gone(profile: bytes) -> None:
    image = _largest(_prepared(picture(icc_profile=profile)))
    assert "icc_profile" not in image.info
    red, green, blue, _ = _pixel(image)
    assert (red < 4, abs(green - 128) < 4, abs(blue - 128) < 4) == (True, True, True)


def test_sixteen_bits_of_grey_are_scaled_not_cut() -> None:
    grey = Image.new("I;16", (16, 16), 0x8000)
    target = io.BytesIO()
    grey.save(target, "PNG")
    red, green, blue, _ = _pixel(_largest(_prepared(target.getvalue())))
    assert {abs(channel - 128) < 4 for channel in (red, green, blue)} == {True}


def test_only_the_first_frame_of_an_animation_is_kept() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    target = io.BytesIO()
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:])
    red, _, blue, _ = _pixel(_largest(_prepared(target.getvalue())))
    assert red > 200
    assert blue < 50


def test_the_placeholder_is_a_tiny_picture_in_an_address() -> None:
    noise = Image.effect_noise((2000, 1500), 90).convert("RGB")
    target = io.BytesIO()
    noise.save(target, "JPEG")
    head, _, body = _prepared(target.getvalue()).placeholder.partition(",")
    assert head == "data:image/webp;base64"
    assert len(head) + len(body) < 1000
    assert Image.open(io.BytesIO(base64.b64decode(body))).size == (16, 12)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"\xff" * (MAX_BYTES + 1), "the file is larger than 20 MB"),
        (b"GIF89a", "it is not a JPEG, PNG, WebP or GIF picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "it is not a JPEG, PNG, WebP or GIF picture"),
        (b"%PDF-1.7", "it is not a JPEG, PNG, WebP or GIF picture"),
        (picture()[:60], "the file is damaged"),
        (picture(kind="JPEG", width=400, height=400)[:-300], "the file is damaged"),
    ],
    ids=["empty", "too many bytes", "a header", "svg", "pdf", "half a png", "half a jpeg"],
)
def test_what_is_no_whole_picture_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(Unusable) as caught:
        _prepared(content)
    assert str(caught.value) == reason


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (5_001, 5_000), (8_001, 10), (2**31 - 1, 1)])
def test_a_bomb_is_refused_by_its_header(width: int, height: int) -> None:
    with pytest.raises(Unusable, match="more than 25 megapixels or a side of more than 8,000 pixels"):
        _prepared(_bomb(width, height))


@pytest.mark.parametrize(("width", "height"), [(800, 400), (400, 800), (100, 30)])
def test_a_square_is_cut_from_the_middle(width: int, height: int) -> None:
    side = min(width, height)
    image = Image.new("RGB", (width, height), "red")
    middle = ((width - side) // 2, (height - side) // 2)
    image.paste((0, 0, 255), (*middle, middle[0] + side, middle[1] + side))
    target = io.BytesIO()
    image.save(target, "PNG")
    prepared = _prepared(target.getvalue(), SQUARE)
    assert _sizes(prepared) == [(each, each) for each in sorted({min(each, side) for each in SQUARE.widths})]
    assert _pixel(_largest(prepared))[0] < 20


def test_what_is_written_is_read() -> None:
    picture_ = _prepared(picture(width=700, height=300))
    pipe = io.BytesIO()
    write(picture_, pipe)
    pipe.seek(0)
    assert read(pipe) == picture_


@given(st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]), st.randoms(use_true_random=False), st.integers(1, 8))
def test_whatever_the_bytes_are_they_are_a_picture_or_refused(
    kind: str, chance: random.Random, hits: int
) -> None:
    content = bytearray(picture(kind=kind))
    for _ in range(hits):
        content[chance.randrange(len(content))] = chance.randrange(256)
    with contextlib.suppress(Unusable):
        assert _prepared(bytes(content)).renditions
