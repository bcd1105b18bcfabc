"""What one cooks with, and what comes out of jars."""

from marketplace.demo.pictures import (
    BRASS,
    CARD,
    DUSK,
    FLOOR,
    GLASS,
    LEAF,
    PAPER,
    STEEL,
    WOOD,
    Scene,
    mix,
    smooth,
)


def board(scene: Scene) -> None:
    scene.shadow((510, FLOOR + 8), (300, 30))
    plank = scene.block((250, 190), (690, FLOOR), scene.tint, radius=60)
    scene.ribs(plank, mix(scene.tint, DUSK, 0.22), gap=74)
    scene.block((420, 96), (520, 240), scene.tint, radius=40)
    scene.ellipse((470, 150), (22, 22), mix(scene.tint, DUSK, 0.6))
    scene.line(smooth([(640, 330), (700, 470), (696, 640), (640, 760)]), 12, LEAF)
    for x, y in ((684, 400), (716, 500), (712, 610), (676, 700)):
        scene.ellipse((x, y), (40, 17), mix(LEAF, PAPER, 0.12))


def knife(scene: Scene) -> None:
    scene.shadow((520, FLOOR - 60), (360, 30))
    scene.area([(430, 500), (860, 430), (884, 470), (820, 560), (640, 610), (440, 620)], STEEL)
    scene.line([(440, 616), (640, 606), (816, 558)], 7, mix(STEEL, PAPER, 0.7))
    scene.curved(
        [(440, 494), (430, 626), (300, 650), (150, 664), (118, 610), (150, 552), (300, 520)], scene.tint
    )
    for x, y in ((220, 606), (320, 586), (396, 566)):
        scene.ellipse((x, y), (13, 13), BRASS)


def pan(scene: Scene) -> None:
    scene.shadow((440, FLOOR - 20), (350, 46))
    scene.line([(690, 560), (940, 470)], 44, WOOD)
    scene.ellipse((440, 640), (330, 128), mix(scene.tint, DUSK, 0.35))
    scene.ellipse((440, 600), (330, 128), scene.tint)
    scene.ellipse((440, 606), (284, 100), mix(scene.tint, DUSK, 0.5))
    scene.ellipse((400, 600), (104, 54), PAPER, is_round=False)
    scene.ellipse((410, 590), (42, 26), (236, 176, 70))


def spoons(scene: Scene) -> None:
    scene.shadow((510, FLOOR + 8), (230, 32))
    for x, lean, shade in ((420, -110, 0.0), (500, 10, 0.18), (580, 120, 0.08)):
        wood = mix(WOOD, PAPER, shade)
        scene.line([(x, 600), (x + lean, 230)], 26, wood)
        scene.ellipse((x + lean * 1.12, 190), (56, 84), wood)
    scene.lathe([(176, 440), (170, 560), (166, 700), (158, FLOOR)], scene.tint)
    scene.ellipse((500, 440), (176, 36), mix(scene.tint, DUSK, 0.45))


def jar(scene: Scene) -> None:
    scene.shadow((520, FLOOR + 8), (240, 34))
    scene.lathe([(170, 330), (214, 400), (218, 560), (216, 720), (176, FLOOR)], mix(scene.tint, GLASS, 0.12))
    scene.block((330, 232), (670, 336), CARD, radius=20)
    scene.ellipse((500, 236), (168, 28), mix(CARD, PAPER, 0.35))
    scene.block((352, 470), (648, 680), PAPER, radius=16)
    scene.ellipse((500, 548), (54, 46), scene.tint)
    scene.line([(410, 636), (590, 636)], 9, mix(scene.tint, DUSK, 0.25))
    scene.line([(340, 400), (344, 700)], 12, mix(scene.tint, PAPER, 0.6))


def bottle(scene: Scene) -> None:
    scene.shadow((520, FLOOR + 8), (190, 32))
    scene.lathe([(48, 190), (52, 320), (128, 440), (142, 600), (140, 750), (116, FLOOR)], scene.tint)
    scene.block((440, 120), (560, 206), mix(CARD, DUSK, 0.25), radius=12)
    scene.block((366, 500), (634, 690), PAPER, radius=8)
    scene.line([(410, 560), (590, 560)], 9, mix(scene.tint, DUSK, 0.2))
    scene.line([(440, 610), (560, 610)], 7, mix(scene.tint, PAPER, 0.3))
    scene.line([(392, 460), (388, 490)], 10, mix(scene.tint, PAPER, 0.6))


def chocolate(scene: Scene) -> None:
    cocoa = (84, 52, 40)
    scene.shadow((520, FLOOR + 4), (310, 34))
    scene.block((320, 190), (690, 470), cocoa, radius=14)
    for column in range(3):
        for row in range(3):
            left, top = 338 + column * 116, 206 + row * 88
            scene.block((left, top), (left + 104, top + 76), mix(cocoa, PAPER, 0.1), radius=10)
    scene.area([(312, 430), (400, 410), (500, 446), (600, 410), (698, 430), (698, 480), (312, 480)], STEEL)
    scene.block((306, 456), (704, FLOOR), scene.tint, radius=10)
    scene.block((360, 540), (650, 700), PAPER, radius=12)
    scene.curved([(505, 566), (548, 620), (505, 676), (462, 620)], mix(scene.tint, DUSK, 0.3))


def basket(scene: Scene) -> None:
    scene.shadow((510, FLOOR + 8), (310, 36))
    scene.line(
        smooth([(290, 470), (350, 270), (500, 200), (650, 270), (710, 470)]), 24, mix(scene.tint, DUSK, 0.25)
    )
    body = scene.lathe([(270, 450), (262, 560), (240, 690), (206, FLOOR)], scene.tint)
    scene.ribs(body, mix(scene.tint, DUSK, 0.4), gap=30, slant=70)
    scene.ribs(body, mix(scene.tint, PAPER, 0.4), gap=30, slant=-70)
    scene.ellipse((500, 450), (270, 52), mix(scene.tint, DUSK, 0.4))
