"""A drawing surface for the demo's product pictures: shaded shapes on a soft background, always the same.

Coordinates run from 0 to 1000 whatever the picture's size. Shapes are drawn larger than the picture and
scaled down, which smooths their edges.
"""

import io
import math
from collections.abc import Callable, Sequence
from functools import cache

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter

SIZE = 1000
SCALE = 1.0
CANVAS = round(SIZE * SCALE)
PICTURE = 800
FLOOR = 790
PAPER = (250, 246, 239)
DUSK = (38, 34, 46)
CURVE_STEPS = 12

Colour = tuple[int, int, int]
Point = tuple[float, float]

WOOD: Colour = (176, 132, 92)
BRASS: Colour = (196, 160, 92)
STEEL: Colour = (168, 174, 180)
LIGHT: Colour = (255, 238, 196)
LEAF: Colour = (92, 128, 84)
GLASS: Colour = (222, 232, 230)
CARD: Colour = (206, 178, 140)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """A colour between two: `share` 0 is the first, 1 the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def parse(colour: str) -> Colour:
    """#rrggbb as three numbers."""
    red, green, blue = ImageColor.getrgb(colour)[:3]
    return red, green, blue


def smooth(points: Sequence[Point]) -> list[Point]:
    """A curve through the points (Catmull-Rom), its ends included."""
    padded = [points[0], *points, points[-1]]
    curve: list[Point] = []
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for step in range(CURVE_STEPS):
            t = step / CURVE_STEPS
            weights = (-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2)
            corners = (before, start, end, after)
            curve.append(
                (
                    sum(w * corner[0] for w, corner in zip(weights, corners, strict=True)) / 2,
                    sum(w * corner[1] for w, corner in zip(weights, corners, strict=True)) / 2,
                )
            )
    return [*curve, points[-1]]


class Scene:
    """One picture in the making."""

    def __init__(self, tint: Colour) -> None:
        self.tint = tint
        self.image = _background(tint)

    def lathe(self, profile: Sequence[Point], colour: Colour) -> Image.Image:
        """A turned body about the middle: points of half its width and height, from top to bottom."""
        right = smooth([(500 + half, y) for half, y in profile])
        return self.area([*right, *((1000 - x, y) for x, y in reversed(right))], colour)

    def curved(self, points: Sequence[Point], colour: Colour, *, is_round: bool = True) -> Image.Image:
        """A closed outline through the points."""
        closed = smooth([*points, points[0]])
        return self.area(closed, colour, is_round=is_round)

    def area(self, points: Sequence[Point], colour: Colour, *, is_round: bool = True) -> Image.Image:
        """A filled outline; `is_round` shades it from left to right as if it bulged."""
        return self._fill(lambda draw: draw.polygon(_scaled(points), fill=255), colour, is_round=is_round)

    def ellipse(self, centre: Point, size: Point, colour: Colour, *, is_round: bool = True) -> Image.Image:
        box = _scaled(
            [(centre[0] - size[0], centre[1] - size[1]), (centre[0] + size[0], centre[1] + size[1])]
        )
        return self._fill(lambda draw: draw.ellipse([*box], fill=255), colour, is_round=is_round)

    def block(self, top_left: Point, bottom_right: Point, colour: Colour, *, radius: int = 0) -> Image.Image:
        """A box with round corners."""
        box = _scaled([top_left, bottom_right])
        return self._fill(
            lambda draw: draw.rounded_rectangle([*box], radius * SCALE, fill=255), colour, is_round=True
        )

    def line(self, points: Sequence[Point], width: int, colour: Colour) -> None:
        """A thick line with round joints and ends."""

        def paint(draw: ImageDraw.ImageDraw) -> None:
            corners = _scaled(points)
            draw.line(corners, fill=255, width=round(width * SCALE), joint="curve")
            for x, y in (corners[0], corners[-1]):
                reach = width * SCALE / 2
                draw.ellipse([x - reach, y - reach, x + reach, y + reach], fill=255)

        self._fill(paint, colour, is_round=False)

    def ribs(self, mask: Image.Image, colour: Colour, *, gap: int, slant: int = 0) -> None:
        """Parallel lines on a shape that was drawn: what knitting, folds and weaving look like from afar."""
        box = mask.getbbox()
        if not box:
            return
        lines = Image.new("L", mask.size, 0)
        draw = ImageDraw.Draw(lines)
        for x in range(-abs(slant), SIZE + abs(slant), gap):
            if box[0] - gap < max(x, x + slant) * SCALE and min(x, x + slant) * SCALE < box[2] + gap:
                draw.line(_scaled([(x, 0), (x + slant, SIZE)]), fill=90, width=max(2, round(gap * SCALE / 3)))
        self.image.paste(colour, box, ImageChops.multiply(lines.crop(box), mask.crop(box)))

    def glow(self, centre: Point, reach: float, colour: Colour) -> None:
        """Light that fades with the distance."""
        side = round(2 * reach * SCALE)
        halo = Image.eval(Image.radial_gradient("L"), lambda value: max(0, 170 - round(value * 1.35)))
        x, y = _scaled([centre])[0]
        soft = halo.resize((side, side), Image.Resampling.BILINEAR)
        self.image.paste(colour, (round(x - side / 2), round(y - side / 2)), soft)

    def shadow(self, centre: Point, size: Point, *, strength: int = 95) -> None:
        """What a thing throws on the floor; drawn small, for it is blurred anyway."""
        mask = Image.new("L", (SIZE // 4, SIZE // 4), 0)
        (x, y), (wide, high) = centre, size
        corners = [(x - wide) / 4, (y - high) / 4, (x + wide) / 4, (y + high) / 4]
        ImageDraw.Draw(mask).ellipse(corners, fill=strength)
        blurred = mask.filter(ImageFilter.GaussianBlur(7))
        box = blurred.getbbox()
        if box:
            part = blurred.crop(box)
            grown = part.resize(
                (round(part.width * 4 * SCALE), round(part.height * 4 * SCALE)), Image.Resampling.BILINEAR
            )
            self.image.paste(
                mix(self.tint, DUSK, 0.75), (round(box[0] * 4 * SCALE), round(box[1] * 4 * SCALE)), grown
            )

    def jpeg(self) -> bytes:
        """The finished picture."""
        target = io.BytesIO()
        self.image.resize((PICTURE, PICTURE), Image.Resampling.HAMMING).save(target, "JPEG", quality=90)
        return target.getvalue()

    def _fill(
        self, paint: Callable[[ImageDraw.ImageDraw], None], colour: Colour, *, is_round: bool
    ) -> Image.Image:
        mask = Image.new("L", self.image.size, 0)
        paint(ImageDraw.Draw(mask))
        box = mask.getbbox()
        if box:
            wide, high = box[2] - box[0], box[3] - box[1]
            strip = _shading(colour, is_round=is_round).resize((wide, 1))
            shading = strip.resize((wide, high), Image.Resampling.NEAREST)
            self.image.paste(shading, box, mask.crop(box))
        return mask


def _background(tint: Colour) -> Image.Image:
    """A wall and a floor in pale neighbours of the tint, and a disc of light behind the thing."""
    wall = Image.composite(
        Image.new("RGB", (1, 256), mix(tint, PAPER, 0.52)),
        Image.new("RGB", (1, 256), mix(tint, PAPER, 0.80)),
        Image.linear_gradient("L").crop((0, 0, 1, 256)),
    )
    column = wall.resize((1, CANVAS), Image.Resampling.BILINEAR)
    picture = column.resize((CANVAS, CANVAS), Image.Resampling.NEAREST)
    picture.paste(PAPER, (0, 0), _disc())
    floor = [0, (FLOOR - 80) * SCALE, CANVAS, CANVAS]
    ImageDraw.Draw(picture).rectangle(floor, fill=mix(tint, PAPER, 0.66))
    return picture


@cache
def _disc() -> Image.Image:
    """The light behind the thing, the same in every picture."""
    disc = Image.new("L", (SIZE // 2, SIZE // 2), 0)
    ImageDraw.Draw(disc).ellipse([70, 45, 430, 405], fill=120)
    return disc.filter(ImageFilter.GaussianBlur(2)).resize((CANVAS, CANVAS), Image.Resampling.BILINEAR)


def _shading(colour: Colour, *, is_round: bool) -> Image.Image:
    """Light from the left: a strip as wide as the shape; round things fall off, flat ones hardly do."""
    strip = Image.new("RGB", (64, 1))
    for x in range(64):
        light = math.cos((x / 63 - 0.3) * 2.4) if is_round else 0.62 - x / 200
        strip.putpixel((x, 0), mix(mix(colour, DUSK, 0.42), mix(colour, PAPER, 0.32), max(0.0, light)))
    return strip


def _scaled(points: Sequence[Point]) -> list[Point]:
    return [(x * SCALE, y * SCALE) for x, y in points]
