"""Pictures that people upload, made safe and small. No database and no storage here: bytes in, bytes out.

Nothing of the upload is kept: it is recognised by its content (never by its name), measured before it is
decoded, turned upright, brought to sRGB, and encoded anew, which leaves behind its metadata (places, camera
serial numbers), whatever was appended to it, and all frames but the first.
"""

import base64
import io
import warnings
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageCms, ImageFilter, ImageOps, UnidentifiedImageError

from catalog.errors import UnusableImage

FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
WIDTHS: Final = (480, 960, 1600)
MAX_BYTES: Final = 20 * 1024 * 1024
MAX_PIXELS: Final = 25_000_000
MAX_SIDE: Final = 8_000
PLACEHOLDER_SIDE: Final = 16
QUALITY: Final = 80

# Pillow only warns of a header that promises a bomb; the filter belongs to the process, so it is set once.
warnings.simplefilter("error", Image.DecompressionBombWarning)


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


def prepare(content: bytes) -> Picture:
    """Check an upload and render it at every width up to its own.

    Takes about a second of CPU for the largest allowed picture. Raises UnusableImage, whatever the bytes are.
    """
    if not content:
        raise UnusableImage(reason="the file is empty")
    if len(content) > MAX_BYTES:
        raise UnusableImage(reason=f"the file is larger than {MAX_BYTES // 1024**2} MB")
    try:
        _inspect(content)
        image = _decoded(content)
    except UnusableImage:
        raise
    except UnidentifiedImageError as fault:
        raise UnusableImage(reason="it is not a JPEG, PNG, WebP or GIF picture") from fault
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as fault:
        raise UnusableImage(reason=_too_large()) from fault
    except Exception as fault:  # decoders trip in many ways over a hostile file, and the file is at fault
        raise UnusableImage(reason="the file is damaged") from fault
    widths = sorted({min(width, image.width) for width in WIDTHS})
    return Picture(
        renditions=tuple(_rendition(image, width) for width in widths), placeholder=_placeholder(image)
    )


def _inspect(content: bytes) -> None:
    """Look at the header and the checksums without decoding a pixel."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        width, height = image.size
        if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
            raise UnusableImage(reason=_too_large())
        image.verify()


def _too_large() -> str:
    return f"it has more than {MAX_PIXELS // 1_000_000} megapixels or a side of more than {MAX_SIDE:,} pixels"


def _decoded(content: bytes) -> Image.Image:
    """The first frame, upright, in sRGB, with transparency only where there is some."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        # A JPEG decoder can halve a photo on the way, as long as the largest rendition needs no more.
        image.draft(None, (WIDTHS[-1], WIDTHS[-1]))
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


def _rendition(image: Image.Image, width: int) -> Rendition:
    height = max(1, round(image.height * width / image.width))
    small = image if width == image.width else image.resize((width, height), reducing_gap=3)
    return Rendition(width=small.width, height=small.height, content=_webp(small, quality=QUALITY))


def _placeholder(image: Image.Image) -> str:
    """A blurred thumbnail of a few hundred characters, shown until the picture has arrived."""
    tiny = image.copy()
    tiny.thumbnail((PLACEHOLDER_SIDE, PLACEHOLDER_SIDE))
    blurred = tiny.filter(ImageFilter.GaussianBlur(1))
    return "data:image/webp;base64," + base64.b64encode(_webp(blurred, quality=30)).decode("ascii")


def _webp(image: Image.Image, *, quality: int) -> bytes:
    target = io.BytesIO()
    image.save(target, "WEBP", quality=quality, method=4)
    return target.getvalue()
