"""Furniture, things woven for rooms, and the garden."""

import math

from marketplace.demo.pictures import BRASS, CARD, DUSK, FLOOR, LEAF, PAPER, STEEL, WOOD, Scene, mix, smooth


def cushion(scene: Scene) -> None:
    scene.shadow((510, FLOOR), (310, 40))
    shape = scene.curved(
        [(230, 330), (360, 350), (500, 356), (640, 350), (770, 330), (752, 460), (748, 560), (770, 770),
         (640, 756), (500, 752), (360, 756), (230, 770), (252, 560), (248, 460)],
        scene.tint,
    )  # fmt: skip
    scene.ribs(shape, mix(scene.tint, PAPER, 0.4), gap=64, slant=260)
    scene.ribs(shape, mix(scene.tint, DUSK, 0.3), gap=64, slant=-260)


def rug(scene: Scene) -> None:
    scene.shadow((510, FLOOR), (390, 40))
    body = scene.area([(270, 470), (730, 470), (880, FLOOR), (120, FLOOR)], scene.tint)
    scene.ribs(body, mix(scene.tint, DUSK, 0.3), gap=40)
    for top, half in ((520, 236), (610, 286), (700, 334)):
        scene.area(
            [(500 - half, top), (500 + half, top), (500 + half + 14, top + 26), (500 - half - 14, top + 26)],
            mix(scene.tint, PAPER, 0.55),
        )
    for x in range(128, 880, 24):
        scene.line([(x, FLOOR), (x - 3, FLOOR + 34)], 6, mix(scene.tint, PAPER, 0.6))


def throw(scene: Scene) -> None:
    scene.shadow((520, FLOOR + 8), (270, 32))
    scene.line([(230, 250), (790, 250)], 30, WOOD)
    for left, right, low, shade in ((270, 520, 700, 0.12), (440, 730, 770, 0.0)):
        cloth = scene.area(
            [(left, 240), (right, 240), (right + 8, low), (left - 8, low)], mix(scene.tint, DUSK, shade)
        )
        scene.ribs(cloth, mix(scene.tint, PAPER, 0.45), gap=52)
        for x in range(left, right, 22):
            scene.line([(x, low), (x - 3, low + 34)], 6, mix(scene.tint, PAPER, 0.35))


def stool(scene: Scene) -> None:
    scene.shadow((510, FLOOR + 8), (270, 34))
    for top, foot in ((360, 290), (640, 710), (440, 430), (560, 570)):
        scene.line([(top, 430), (foot, FLOOR)], 34, mix(scene.tint, DUSK, 0.3))
    scene.line([(330, 640), (670, 640)], 22, mix(scene.tint, DUSK, 0.2))
    scene.ellipse((500, 424), (230, 62), mix(scene.tint, DUSK, 0.25))
    scene.ellipse((500, 398), (230, 62), scene.tint)


def chair(scene: Scene) -> None:
    scene.shadow((510, FLOOR + 10), (280, 34))
    for x in (336, 664):
        scene.line([(x, 170), (x + (x - 500) * 0.1, FLOOR)], 34, mix(scene.tint, DUSK, 0.22))
    for y in (220, 320, 420):
        scene.line(smooth([(336, y), (500, y + 22), (664, y)]), 30, scene.tint)
    for x in (300, 700):
        scene.line([(x, 560), (x, FLOOR + 6)], 34, mix(scene.tint, DUSK, 0.1))
    seat = scene.area([(330, 500), (670, 500), (730, 580), (270, 580)], CARD)
    scene.ribs(seat, mix(CARD, DUSK, 0.5), gap=22)


def shelf(scene: Scene) -> None:
    scene.shadow((510, FLOOR + 8), (290, 30))
    scene.block((240, 180), (280, FLOOR), scene.tint, radius=6)
    scene.block((720, 180), (760, FLOOR), scene.tint, radius=6)
    for y in (200, 400, 600, 760):
        scene.block((240, y), (760, y + 30), mix(scene.tint, PAPER, 0.12), radius=6)
    for index, x in enumerate((300, 346, 392, 440)):
        scene.block(
            (x, 262 + index % 2 * 24),
            (x + 38, 400),
            mix(scene.tint, (60, 90, 120), 0.3 + index / 6),
            radius=4,
        )
    scene.ellipse((620, 566), (62, 62), mix(scene.tint, PAPER, 0.5))
    scene.block((320, 680), (480, 760), CARD, radius=10)
    scene.ellipse((640, 352), (48, 48), LEAF)


def clock(scene: Scene) -> None:
    scene.shadow((520, FLOOR + 30), (200, 22), strength=50)
    scene.ellipse((500, 450), (292, 292), mix(scene.tint, DUSK, 0.2))
    scene.ellipse((500, 450), (250, 250), PAPER, is_round=False)
    for hour in range(12):
        angle = hour * math.pi / 6
        x, y = math.sin(angle), -math.cos(angle)
        scene.line([(500 + 206 * x, 450 + 206 * y), (500 + 230 * x, 450 + 230 * y)], 12, scene.tint)
    scene.line([(500, 450), (500, 290)], 14, DUSK)
    scene.line([(500, 450), (610, 510)], 18, DUSK)
    scene.ellipse((500, 450), (22, 22), BRASS)


def watering_can(scene: Scene) -> None:
    scene.shadow((510, FLOOR + 8), (310, 34))
    scene.line([(640, 640), (820, 400), (850, 360)], 40, mix(scene.tint, DUSK, 0.2))
    scene.ellipse((862, 350), (62, 26), scene.tint)
    scene.line(
        smooth([(330, 470), (200, 420), (170, 560), (240, 680), (336, 700)]), 28, mix(scene.tint, DUSK, 0.3)
    )
    scene.lathe([(150, 420), (176, 520), (186, 660), (190, FLOOR)], scene.tint)
    scene.line(smooth([(390, 420), (440, 300), (560, 300), (610, 420)]), 26, mix(scene.tint, DUSK, 0.25))
    scene.ellipse((500, 420), (150, 34), mix(scene.tint, DUSK, 0.5))


def houseplant(scene: Scene) -> None:
    scene.shadow((510, FLOOR + 8), (230, 34))
    for lean, high in ((-230, 330), (-130, 200), (0, 130), (140, 210), (236, 350)):
        tip = (500 + lean, high)
        scene.curved(
            [(490, 560), (tip[0] - 62, high + 120), tip, (tip[0] + 62, high + 120), (510, 560)], LEAF
        )
        scene.line([(500, 560), (500 + lean * 0.9, high + 40)], 6, mix(LEAF, PAPER, 0.35))
    scene.lathe([(168, 540), (160, 640), (130, FLOOR)], scene.tint)
    scene.block((320, 520), (680, 590), mix(scene.tint, PAPER, 0.15), radius=16)


def seeds(scene: Scene) -> None:
    scene.shadow((520, FLOOR + 6), (250, 30))
    scene.block((306, 170), (694, FLOOR), scene.tint, radius=10)
    scene.block((306, 170), (694, 240), mix(scene.tint, PAPER, 0.35), radius=10)
    scene.ellipse((500, 480), (146, 170), PAPER)
    scene.line(smooth([(500, 620), (492, 520), (506, 400)]), 10, LEAF)
    for x, y, lean in ((440, 470, -1), (560, 430, 1), (446, 560, -1), (552, 540, 1)):
        scene.curved([(500, y + 30), (x, y + 20), (x + lean * 30, y - 26), (x - lean * 16, y - 30)], LEAF)
    scene.line([(390, 716), (610, 716)], 10, mix(scene.tint, PAPER, 0.6))


def trowel(scene: Scene) -> None:
    scene.shadow((500, FLOOR - 20), (320, 30))
    scene.line([(560, 500), (800, 300)], 56, WOOD)
    scene.line([(470, 576), (570, 492)], 26, STEEL)
    scene.curved([(490, 500), (540, 590), (420, 720), (250, 800), (240, 690), (330, 560)], scene.tint)
    scene.line([(290, 750), (460, 590)], 12, mix(scene.tint, PAPER, 0.5))
