"""What one carries, wears, washes with and plays with."""

import math

from marketplace.demo.pictures import BRASS, CARD, DUSK, FLOOR, LEAF, PAPER, STEEL, WOOD, Scene, mix, smooth


def backpack(scene: Scene) -> None:
    scene.shadow((510, FLOOR + 8), (270, 34))
    scene.line(smooth([(430, 230), (450, 140), (550, 140), (570, 230)]), 24, mix(scene.tint, DUSK, 0.4))
    scene.curved(
        [
            (330, 260),
            (500, 190),
            (670, 260),
            (716, 480),
            (712, 720),
            (640, 786),
            (360, 786),
            (288, 720),
            (284, 480),
        ],
        scene.tint,
    )
    scene.curved(
        [(316, 280), (500, 214), (684, 280), (696, 450), (500, 500), (304, 450)], mix(scene.tint, DUSK, 0.18)
    )
    scene.block((350, 560), (650, 750), mix(scene.tint, PAPER, 0.12), radius=30)
    for x in (410, 590):
        scene.block((x - 16, 420), (x + 16, 600), CARD, radius=8)
        scene.ellipse((x, 560), (12, 12), BRASS)


def tote(scene: Scene) -> None:
    scene.shadow((510, FLOOR + 8), (270, 32))
    for shift in (0, 26):
        loop = [(390, 420), (400 + shift, 220), (500, 150 + shift), (600 - shift, 220), (610, 420)]
        scene.line(smooth(loop), 20, mix(scene.tint, DUSK, 0.35))
    scene.area([(290, 400), (710, 400), (742, FLOOR), (258, FLOOR)], scene.tint)
    scene.ellipse((500, 590), (104, 104), mix(scene.tint, PAPER, 0.55), is_round=False)
    scene.line(smooth([(500, 660), (500, 580), (540, 520)]), 9, LEAF)
    scene.ellipse((470, 560), (36, 18), LEAF)


def wallet(scene: Scene) -> None:
    scene.shadow((510, FLOOR), (320, 36))
    scene.block((240, 400), (760, FLOOR - 10), mix(scene.tint, DUSK, 0.25), radius=34)
    for step, colour in enumerate((PAPER, CARD, STEEL)):
        scene.block((320 + step * 60, 356 + step * 18), (680 + step * 20, 520), colour, radius=14)
    scene.block((240, 450), (760, FLOOR), scene.tint, radius=34)
    scene.block((640, 560), (770, 660), mix(scene.tint, DUSK, 0.2), radius=24)
    scene.ellipse((690, 610), (16, 16), BRASS)
    scene.line([(268, 480), (620, 480)], 5, mix(scene.tint, PAPER, 0.4))


def belt(scene: Scene) -> None:
    scene.shadow((510, FLOOR), (320, 40))
    for y, half in ((700, 300), (640, 260)):
        scene.ellipse((500, y), (half, 96), mix(scene.tint, DUSK, 0.2))
        scene.ellipse((500, y - 34), (half - 30, 72), mix(scene.tint, PAPER, 0.72), is_round=False)
    scene.block((250, 560), (760, 650), scene.tint, radius=30)
    scene.block((210, 540), (330, 670), BRASS, radius=20)
    scene.block((240, 566), (300, 644), mix(scene.tint, DUSK, 0.2), radius=10)
    for x in (520, 590, 660):
        scene.ellipse((x, 605), (10, 10), DUSK)


def ring(scene: Scene) -> None:
    scene.shadow((500, FLOOR - 10), (210, 30))
    hoop = [(500 + 196 * math.cos(step / 8), 570 + 200 * math.sin(step / 8)) for step in range(52)]
    scene.line(hoop, 44, STEEL)
    scene.line(
        [(500 + 196 * math.cos(step / 8), 564 + 196 * math.sin(step / 8)) for step in range(26, 50)],
        12,
        PAPER,
    )
    scene.area([(500, 210), (590, 290), (500, 400), (410, 290)], scene.tint)
    scene.area([(410, 290), (590, 290), (500, 400)], mix(scene.tint, DUSK, 0.2))
    scene.area([(500, 210), (590, 290), (500, 290)], mix(scene.tint, PAPER, 0.5))


def earrings(scene: Scene) -> None:
    scene.shadow((510, FLOOR + 10), (240, 22), strength=60)
    for x in (370, 630):
        scene.line(smooth([(x, 330), (x - 16, 250), (x + 20, 210), (x + 36, 262)]), 10, BRASS)
        scene.ellipse((x, 350), (20, 20), BRASS)
        scene.curved([(x, 380), (x + 84, 560), (x, 670), (x - 84, 560)], scene.tint)
        scene.ellipse((x - 24, 540), (16, 36), mix(scene.tint, PAPER, 0.6), is_round=False)


def necklace(scene: Scene) -> None:
    scene.shadow((510, FLOOR + 10), (200, 22), strength=60)
    chain = [(250, 150), (300, 380), (400, 540), (500, 590), (600, 540), (700, 380), (750, 150)]
    scene.line(smooth(chain), 9, BRASS)
    for x, y in smooth(chain)[3:-3:3]:
        scene.ellipse((x, y), (9, 9), mix(BRASS, PAPER, 0.4))
    scene.ellipse((500, 610), (18, 18), BRASS)
    scene.ellipse((500, 690), (74, 74), scene.tint)
    scene.ellipse((478, 664), (18, 18), mix(scene.tint, PAPER, 0.7), is_round=False)


def soap(scene: Scene) -> None:
    scene.shadow((510, FLOOR), (310, 36))
    scene.block((240, 560), (700, 760), mix(scene.tint, DUSK, 0.12), radius=40)
    scene.block((300, 430), (760, 640), scene.tint, radius=44)
    scene.block((440, 424), (620, 646), PAPER, radius=6)
    scene.ellipse((530, 530), (52, 52), mix(scene.tint, DUSK, 0.25))
    scene.line(smooth([(530, 566), (526, 530), (540, 500)]), 7, PAPER)
    for x, y, size in ((250, 400, 40), (320, 320, 24), (214, 310, 18)):
        scene.ellipse((x, y), (size, size), mix(scene.tint, PAPER, 0.75))


def pump(scene: Scene) -> None:
    scene.shadow((520, FLOOR + 8), (200, 32))
    scene.line([(500, 330), (500, 190), (390, 190)], 26, mix(DUSK, STEEL, 0.4))
    scene.block((430, 300), (570, 370), mix(DUSK, STEEL, 0.3), radius=14)
    scene.lathe([(70, 370), (150, 410), (160, 560), (160, 740), (140, FLOOR)], scene.tint)
    scene.block((364, 510), (636, 700), PAPER, radius=10)
    scene.ellipse((500, 580), (40, 40), mix(scene.tint, PAPER, 0.2))
    scene.line([(420, 656), (580, 656)], 8, mix(scene.tint, DUSK, 0.3))


def toy_car(scene: Scene) -> None:
    scene.shadow((510, FLOOR + 6), (330, 32))
    scene.curved([(330, 560), (380, 420), (500, 390), (620, 420), (690, 560)], mix(scene.tint, PAPER, 0.2))
    scene.block((200, 540), (810, 710), scene.tint, radius=70)
    for left, right in ((400, 500), (524, 624)):
        scene.block((left, 440), (right, 548), mix(STEEL, PAPER, 0.6), radius=18)
    for x in (330, 680):
        scene.ellipse((x, 710), (88, 88), WOOD)
        scene.ellipse((x, 710), (34, 34), mix(WOOD, DUSK, 0.5))
    scene.ellipse((786, 600), (20, 26), (250, 226, 150))


def blocks(scene: Scene) -> None:
    scene.shadow((510, FLOOR + 6), (320, 34))
    for left, top, colour in (
        (230, 600, scene.tint),
        (420, 600, mix(scene.tint, PAPER, 0.45)),
        (610, 600, mix(scene.tint, DUSK, 0.25)),
        (330, 410, mix(WOOD, PAPER, 0.25)),
        (520, 410, mix(scene.tint, PAPER, 0.2)),
    ):
        face = scene.block((left, top), (left + 180, top + 186), colour, radius=14)
        scene.ribs(face, mix(colour, DUSK, 0.12), gap=90)
    scene.area([(330, 410), (510, 410), (420, 260)], mix(scene.tint, DUSK, 0.1))
    scene.ellipse((610, 330), (84, 84), mix(scene.tint, PAPER, 0.3))


def train(scene: Scene) -> None:
    scene.shadow((510, FLOOR + 6), (360, 30))
    scene.block((160, 470), (420, 700), mix(scene.tint, PAPER, 0.35), radius=18)
    for x, y in ((230, 440), (300, 420), (360, 444)):
        scene.ellipse((x, y), (58, 50), mix(WOOD, DUSK, 0.2))
    scene.line([(420, 660), (480, 660)], 16, DUSK)
    scene.block((470, 520), (840, 700), scene.tint, radius=40)
    scene.block((480, 380), (640, 560), mix(scene.tint, DUSK, 0.2), radius=14)
    scene.block((516, 420), (604, 500), PAPER, radius=8)
    scene.block((726, 400), (786, 530), WOOD, radius=10)
    for x in (226, 356, 540, 660, 780):
        scene.ellipse((x, 716), (56, 56), WOOD)
        scene.ellipse((x, 716), (20, 20), mix(WOOD, DUSK, 0.5))


def bear(scene: Scene) -> None:
    scene.shadow((510, FLOOR + 8), (250, 34))
    for x in (396, 604):
        scene.ellipse((x, 226), (62, 62), scene.tint)
        scene.ellipse((x, 232), (34, 34), mix(scene.tint, PAPER, 0.45))
    for x, y in ((310, 560), (690, 560), (372, 740), (628, 740)):
        scene.ellipse((x, y), (80, 66), mix(scene.tint, DUSK, 0.14))
    scene.ellipse((500, 610), (190, 180), scene.tint)
    scene.ellipse((500, 630), (104, 110), mix(scene.tint, PAPER, 0.45))
    scene.ellipse((500, 340), (168, 150), scene.tint)
    scene.ellipse((500, 384), (74, 56), mix(scene.tint, PAPER, 0.5))
    for x in (436, 564):
        scene.ellipse((x, 316), (15, 15), DUSK)
    scene.ellipse((500, 362), (26, 18), DUSK)
