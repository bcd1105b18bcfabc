"""Crockery, vases and pots."""

import math

from marketplace.demo.pictures import DUSK, FLOOR, LEAF, PAPER, WOOD, Scene, mix, smooth


def mug(scene: Scene) -> None:
    scene.shadow((540, FLOOR + 8), (260, 36))
    handle = [(690, 430), (800, 430), (830, 540), (780, 640), (672, 660)]
    scene.line(smooth(handle), 40, mix(scene.tint, DUSK, 0.2))
    scene.lathe([(214, 350), (218, 480), (212, 640), (180, 760), (150, FLOOR)], scene.tint)
    scene.ellipse((500, 350), (214, 48), mix(scene.tint, PAPER, 0.55))
    scene.ellipse((500, 362), (188, 36), (92, 60, 44))
    for x in (430, 520):
        steam = [(x, 300), (x + 26, 250), (x - 10, 200), (x + 22, 140)]
        scene.line(smooth(steam), 10, mix(scene.tint, PAPER, 0.88))


def bowl(scene: Scene) -> None:
    scene.shadow((520, FLOOR + 10), (300, 36))
    for x in (600, 648):
        scene.line([(x + 190, 190), (x - 60, 520)], 16, WOOD)
    scene.lathe([(320, 470), (300, 580), (220, 700), (116, 748), (110, FLOOR)], scene.tint)
    scene.ellipse((500, 470), (320, 66), mix(scene.tint, PAPER, 0.5))
    scene.ellipse((500, 482), (284, 50), mix(scene.tint, DUSK, 0.45))


def plate(scene: Scene) -> None:
    scene.shadow((520, FLOOR - 10), (370, 46))
    for step in range(4):
        y = 740 - step * 46
        scene.ellipse((500, y + 14), (340, 62), mix(scene.tint, DUSK, 0.35))
        scene.ellipse((500, y), (340, 62), mix(scene.tint, PAPER, 0.25))
    scene.ellipse((500, 604), (236, 38), mix(scene.tint, DUSK, 0.12))


def teapot(scene: Scene) -> None:
    scene.shadow((500, FLOOR + 8), (300, 36))
    arch = [(500 + 190 * math.cos(step / 10), 400 - 210 * math.sin(step / 10)) for step in range(32)]
    scene.line(arch, 20, WOOD)
    scene.curved([(690, 600), (770, 520), (820, 410), (866, 412), (830, 560), (700, 700)], scene.tint)
    scene.lathe([(96, 392), (190, 440), (246, 560), (214, 700), (150, FLOOR)], scene.tint)
    scene.ellipse((500, 398), (104, 26), mix(scene.tint, DUSK, 0.25))
    scene.lathe([(24, 350), (78, 374), (98, 398)], mix(scene.tint, PAPER, 0.2))
    scene.ellipse((500, 338), (24, 22), WOOD)


def bottle_vase(scene: Scene) -> None:
    scene.shadow((520, FLOOR + 8), (220, 34))
    scene.line(smooth([(500, 420), (486, 260), (540, 120), (600, 60)]), 8, mix(LEAF, DUSK, 0.3))
    for x, y in ((470, 250), (548, 190), (520, 110), (620, 80)):
        scene.ellipse((x, y), (36, 18), LEAF)
    scene.lathe([(52, 350), (44, 430), (66, 510), (168, 610), (176, 710), (120, FLOOR)], scene.tint)
    scene.ellipse((500, 350), (52, 14), mix(scene.tint, DUSK, 0.5))


def round_vase(scene: Scene) -> None:
    scene.shadow((530, FLOOR + 8), (240, 34))
    for end in (360, 470, 590, 660):
        scene.line(smooth([(500, 400), ((500 + end) / 2, 260), (end, 130)]), 6, mix(LEAF, DUSK, 0.2))
        scene.ellipse((end, 120), (34, 30), mix(scene.tint, (226, 140, 120), 0.6))
    scene.lathe([(92, 384), (110, 410), (232, 500), (256, 600), (214, 720), (110, FLOOR)], scene.tint)
    scene.ellipse((500, 386), (92, 22), mix(scene.tint, DUSK, 0.5))


def plant_pots(scene: Scene) -> None:
    scene.shadow((510, FLOOR + 10), (350, 36))
    for x, width, top in ((270, 96, 620), (520, 140, 540), (770, 84, 650)):
        for lean in (-0.8, -0.4, 0, 0.4, 0.8):
            tip = (x + lean * width, top - width * (1.7 - abs(lean)))
            scene.curved(
                [(x - 10, top), (tip[0] - 26, tip[1] + 40), tip, (tip[0] + 26, tip[1] + 40), (x + 10, top)],
                LEAF,
            )
        foot = width * 0.68
        scene.area([(x - width, top), (x + width, top), (x + foot, FLOOR), (x - foot, FLOOR)], scene.tint)
        scene.block(
            (x - width - 12, top - 14), (x + width + 12, top + 34), mix(scene.tint, PAPER, 0.12), radius=10
        )
