"""Pictures that people upload, made safe and small. No database and no storage here: bytes in, bytes out.

Nothing of the upload is kept: it is recognised by its content (never by its name), measured before it is
decoded, turned upright, brought to sRGB, and encoded anew, which leaves behind its metadata (places, camera
serial numbers), whatever was appended to it, and all frames but the first.

Decoders are large, and what they are fed is not ours, so this module is a program too: a process of its own
renders one upload, without our environment, within limits, and goes. It imports nothing of ours, which makes
it quick to start and leaves nothing in it to be stolen.
"""

import base64
import io
import json
import resource
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Final

from PIL import (
    GifImagePlugin,
    Image,
    ImageCms,
    ImageFilter,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

# What a picture begins with, and who reads it. Named one by one: Pillow else loads all the formats it knows.
FORMATS: Final[dict[str, tuple[Callable[[bytes], bool], str]]] = {
    "JPEG": (lambda start: start.startswith(b"\xff\xd8\xff"), JpegImagePlugin.__name__),
    "PNG": (lambda start: start.startswith(b"\x89PNG\r\n\x1a\n"), PngImagePlugin.__name__),
    "WEBP": (lambda start: start[:4] == b"RIFF" and start[8:12] == b"WEBP", WebPImagePlugin.__name__),
    "GIF": (lambda start: start[:6] in {b"GIF87a", b"GIF89a"}, GifImagePlugin.__name__),
}
MAX_BYTES: Final = 20 * 1024 * 1024
MAX_PIXELS: Final = 25_000_000
MAX_SIDE: Final = 8_000
PLACEHOLDER_SIDE: Final = 16
QUALITY: Final = 80
# Of the process: the largest allowed picture needs half of the memory (a WebP) and a tenth of the time.
CPU_SECONDS: Final = 20
MEMORY: Final = 1024**3

# Pillow only warns of a header that promises a bomb; the filter belongs to the process, so it is set once.
warnings.simplefilter("error", Image.DecompressionBombWarning)


class Unusable(Exception):  # noqa: N818  # a refusal, as kernel.errors has them, without its imports
    """The upload is no picture we can show; the one argument says why."""


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """In which widths a picture is kept, and whether it is cropped to a square about its middle.

    `effort` is WebP's, from 0 (fast) to 6 (small).
    """

    widths: tuple[int, ...]
    is_square: bool = False
    effort: int = 4


@dataclass(frozen=True, kw_only=True)
class Rendition:
    """One size of a picture, as WebP."""

    width: int
    height: int
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Picture:
    """An upload made presentable: renditions from small to large, and a blurred stand-in as a data URI."""

    renditions: tuple[Rendition, ...]
    placeholder: str


def kind_of(content: bytes) -> str:
    """The format by the first bytes. Raises Unusable for what is empty, too large or of another kind."""
    if not content:
        raise Unusable("the file is empty")
    if len(content) > MAX_BYTES:
        raise Unusable(f"the file is larger than {MAX_BYTES // 1024**2} MB")
    for kind, (begins, _) in FORMATS.items():
        if begins(content[:12]):
            return kind
    raise Unusable(_of_another_kind())


def render(content: bytes, sizes: Sizes) -> Picture:
    """Check an upload and render it at every width up to its own.

    Takes about a second of CPU for the largest allowed picture. Raises Unusable, whatever the bytes are.
    """
    kind = kind_of(content)
    try:
        _inspect(content, kind)
        image = _decoded(content, kind, sizes)
    except Unusable:
        raise
    except UnidentifiedImageError as fault:
        raise Unusable(_of_another_kind()) from fault
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as fault:
        raise Unusable(_too_large()) from fault
    except Exception as fault:  # decoders trip in many ways over a hostile file, and the file is at fault
        raise Unusable("the file is damaged") from fault
    if sizes.is_square:
        side = min(image.size)
        left, top = (image.width - side) // 2, (image.height - side) // 2
        image = image.crop((left, top, left + side, top + side))
    widths = sorted({min(width, image.width) for width in sizes.widths})
    return Picture(
        renditions=tuple(_rendition(image, width, sizes.effort) for width in widths),
        placeholder=_placeholder(image),
    )


def _of_another_kind() -> str:
    return "it is not a JPEG, PNG, WebP or GIF picture"


def _too_large() -> str:
    return f"it has more than {MAX_PIXELS // 1_000_000} megapixels or a side of more than {MAX_SIDE:,} pixels"


def _inspect(content: bytes, kind: str) -> None:
    """Look at the header and the checksums without decoding a pixel."""
    with Image.open(io.BytesIO(content), formats=[kind]) as image:
        width, height = image.size
        if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
            raise Unusable(_too_large())
        image.verify()


def _decoded(content: bytes, kind: str, sizes: Sizes) -> Image.Image:
    """The first frame, upright, in sRGB, with transparency only where there is some."""
    with Image.open(io.BytesIO(content), formats=[kind]) as image:
        # A JPEG decoder can halve a photo on the way, as long as the largest rendition needs no more.
        image.draft(None, (sizes.widths[-1], sizes.widths[-1]))
        image.load()
        ImageOps.exif_transpose(image, in_place=True)
        mode = "RGBA" if image.has_transparency_data else "RGB"
        plain = _in_srgb(_in_eight_bits(image)).convert(mode)
    plain.info.clear()
    return plain


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """Scale 16-bit grey, which Pillow would cut off at 255."""
    if not image.mode.startswith("I"):
        return image
    return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")


def _in_srgb(image: Image.Image) -> Image.Image:
    """Convert from the embedded colour profile; without one, or with a broken one, the numbers stand."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"RGB", "RGBA", "CMYK", "L"}:
        return image
    try:
        return (
            ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGBA" if image.mode == "RGBA" else "RGB",
            )
            or image
        )
    except (ImageCms.PyCMSError, OSError):
        return image


def _rendition(image: Image.Image, width: int, effort: int) -> Rendition:
    height = max(1, round(image.height * width / image.width))
    small = image if width == image.width else image.resize((width, height), reducing_gap=3)
    return Rendition(
        width=small.width, height=small.height, content=_webp(small, quality=QUALITY, effort=effort)
    )


def _placeholder(image: Image.Image) -> str:
    """A blurred thumbnail of a few hundred characters, shown until the picture has arrived."""
    tiny = image.copy()
    tiny.thumbnail((PLACEHOLDER_SIDE, PLACEHOLDER_SIDE))
    blurred = tiny.filter(ImageFilter.GaussianBlur(1))
    return "data:image/webp;base64," + base64.b64encode(_webp(blurred, quality=30, effort=4)).decode("ascii")


def _webp(image: Image.Image, *, quality: int, effort: int) -> bytes:
    target = io.BytesIO()
    image.save(target, "WEBP", quality=quality, method=effort)
    return target.getvalue()


def write(picture: Picture, target: BinaryIO) -> None:
    """One line that says what follows, then the renditions one after another."""
    facts = [(each.width, each.height, len(each.content)) for each in picture.renditions]
    said = {"placeholder": picture.placeholder, "renditions": facts}
    target.write(json.dumps(said).encode() + b"\n")
    target.writelines(each.content for each in picture.renditions)


def read(source: BinaryIO) -> Picture:
    """What `write` wrote. Raises Unusable with the reason that was written in its place."""
    said = json.loads(source.readline())
    if "reason" in said:
        raise Unusable(said["reason"])
    renditions = tuple(
        Rendition(width=width, height=height, content=source.read(length))
        for width, height, length in said["renditions"]
    )
    return Picture(renditions=renditions, placeholder=said["placeholder"])


def _limit() -> None:
    """Let this process have no more than one upload may need, write no file and leave no core."""
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        granted = resource.getrlimit(kind)[1]
        limit = most if granted == resource.RLIM_INFINITY else min(most, granted)
        resource.setrlimit(kind, (limit, limit))


def main() -> None:
    """Render what comes by the standard input at the sizes of the one argument."""
    _limit()
    asked = json.loads(sys.argv[1])
    sizes = Sizes(widths=tuple(asked["widths"]), is_square=asked["is_square"], effort=asked["effort"])
    try:
        write(render(sys.stdin.buffer.read(), sizes), sys.stdout.buffer)
    except Unusable as refusal:
        said = {"reason": str(refusal)}
        sys.stdout.buffer.write(json.dumps(said).encode() + b"\n")
    except MemoryError:
        sys.stdout.buffer.write(b'{"reason": "it needs too much memory"}\n')


if __name__ == "__main__":
    main()
