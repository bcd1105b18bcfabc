"""Lamps, candles and lanterns."""

import math

from marketplace.demo.pictures import BRASS, DUSK, FLOOR, GLASS, LIGHT, PAPER, WOOD, Scene, mix


def table_lamp(scene: Scene) -> None:
    scene.shadow((520, FLOOR + 6), (210, 34))
    scene.glow((500, 480), 330, LIGHT)
    scene.ellipse((500, FLOOR - 8), (125, 26), WOOD)
    scene.block((484, 500), (516, FLOOR - 10), WOOD, radius=12)
    scene.ellipse((500, 500), (232, 42), LIGHT, is_round=False)
    scene.lathe([(18, 248), (120, 275), (205, 370), (236, 500)], scene.tint)
    scene.ellipse((500, 246), (20, 12), BRASS)


def pendant(scene: Scene) -> None:
    scene.line([(500, 0), (500, 260)], 7, DUSK)
    scene.glow((500, 500), 420, LIGHT)
    scene.shadow((500, FLOOR + 40), (240, 26), strength=60)
    shade = scene.lathe([(40, 262), (190, 320), (285, 440), (260, 560), (120, 650)], scene.tint)
    scene.ribs(shade, mix(scene.tint, DUSK, 0.35), gap=26, slant=120)
    scene.ribs(shade, mix(scene.tint, PAPER, 0.5), gap=26, slant=-120)
    scene.block((478, 236), (522, 276), BRASS, radius=10)


def desk_lamp(scene: Scene) -> None:
    scene.shadow((440, FLOOR + 8), (230, 32))
    scene.ellipse((390, FLOOR - 8), (140, 28), mix(scene.tint, DUSK, 0.3))
    scene.line([(390, FLOOR - 20), (300, 500), (560, 290)], 20, mix(scene.tint, DUSK, 0.15))
    scene.ellipse((300, 500), (24, 24), BRASS)
    scene.glow((690, 470), 230, LIGHT)
    scene.ellipse((668, 405), (122, 30), LIGHT, is_round=False)
    scene.curved(
        [(540, 250), (620, 262), (760, 350), (792, 408), (670, 420), (548, 396), (520, 300)], scene.tint
    )
    scene.ellipse((556, 288), (22, 22), BRASS)


def globe(scene: Scene) -> None:
    scene.shadow((510, FLOOR + 8), (190, 32))
    scene.glow((500, 520), 460, LIGHT)
    scene.lathe([(110, 690), (128, 720), (140, FLOOR)], WOOD)
    scene.ellipse((500, 510), (210, 210), mix(scene.tint, LIGHT, 0.6))
    scene.ellipse((430, 430), (58, 44), mix(LIGHT, PAPER, 0.8), is_round=False)


def candles(scene: Scene) -> None:
    scene.shadow((520, FLOOR + 8), (290, 34))
    for x, top in ((330, 470), (500, 350), (670, 540)):
        scene.line([(x, top), (x, top - 30)], 6, DUSK)
        scene.glow((x, top - 55), 130, LIGHT)
        scene.curved([(x, top - 110), (x + 20, top - 52), (x, top - 22), (x - 20, top - 52)], (250, 196, 92))
        scene.block((x - 58, top), (x + 58, FLOOR), scene.tint, radius=16)
        scene.ellipse((x, top + 6), (56, 14), mix(scene.tint, PAPER, 0.45), is_round=False)


def lantern(scene: Scene) -> None:
    scene.shadow((520, FLOOR + 8), (230, 34))
    arch = [(500 + 150 * math.cos(step / 10), 330 - 170 * math.sin(step / 10)) for step in range(32)]
    scene.line(arch, 10, mix(scene.tint, DUSK, 0.3))
    scene.glow((500, 560), 330, LIGHT)
    scene.block((368, 400), (632, 720), mix(GLASS, LIGHT, 0.5), radius=24)
    scene.block((446, 580), (554, 720), mix(LIGHT, PAPER, 0.4), radius=12)
    scene.curved([(500, 486), (524, 545), (500, 580), (476, 545)], (250, 180, 80))
    for x in (372, 628):
        scene.line([(x, 400), (x, 720)], 14, scene.tint)
    scene.lathe([(60, 300), (120, 330), (172, 400), (172, 412)], scene.tint)
    scene.block((316, 712), (684, FLOOR), scene.tint, radius=20)
