"""What the demo's pictures show: one small drawing a kind of thing."""

import math
from collections.abc import Callable

from marketplace.demo.pictures import DUSK, FLOOR, PAPER, Colour, Scene, mix, parse, smooth

WOOD: Colour = (176, 132, 92)
BRASS: Colour = (196, 160, 92)
LIGHT: Colour = (255, 238, 196)
LEAF: Colour = (92, 128, 84)
GLASS: Colour = (222, 232, 230)


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


def _torso(scene: Scene, *, neck: int) -> None:
    """The body of a knitted top, with its hem."""
    left = [(500 - neck, 300), (372, 318), (318, 430), (334, 640), (330, 770)]
    outline = [*left, *((1000 - x, y) for x, y in reversed(left)), (500, 300 + neck * 0.7)]
    body = scene.area(outline, scene.tint)
    scene.ribs(body, mix(scene.tint, DUSK, 0.35), gap=16)
    hem = scene.block((326, 728), (674, 778), mix(scene.tint, DUSK, 0.16), radius=12)
    scene.ribs(hem, DUSK, gap=10)


def _sleeves(scene: Scene) -> None:
    for flip in (False, True):
        points = [(384, 312), (300, 360), (196, 640), (182, 720), (254, 742), (300, 640), (364, 470)]
        cuff = [(176, 706), (262, 730), (252, 776), (164, 752)]
        if flip:
            points, cuff = ([(1000 - x, y) for x, y in each] for each in (points, cuff))
        sleeve = scene.curved(points, mix(scene.tint, DUSK, 0.1))
        scene.ribs(sleeve, mix(scene.tint, DUSK, 0.4), gap=16, slant=-200 if not flip else 200)
        scene.area(cuff, mix(scene.tint, DUSK, 0.22))


def jumper(scene: Scene) -> None:
    scene.shadow((500, FLOOR + 10), (330, 30), strength=70)
    _sleeves(scene)
    _torso(scene, neck=92)
    collar = scene.curved(
        [(408, 262), (500, 246), (592, 262), (604, 322), (500, 372), (396, 322)], scene.tint
    )
    scene.ribs(collar, DUSK, gap=10)
    scene.ellipse((500, 284), (76, 26), mix(scene.tint, DUSK, 0.6))


def cardigan(scene: Scene) -> None:
    scene.shadow((500, FLOOR + 10), (330, 30), strength=70)
    _sleeves(scene)
    _torso(scene, neck=100)
    scene.area([(404, 296), (596, 296), (512, 520), (488, 520)], mix(scene.tint, DUSK, 0.62))
    scene.line([(404, 292), (488, 520), (488, 770)], 22, mix(scene.tint, PAPER, 0.14))
    scene.line([(596, 292), (512, 520), (512, 770)], 22, mix(scene.tint, PAPER, 0.08))
    for y in (540, 592, 644, 696, 746):
        scene.ellipse((500, y), (12, 12), (92, 66, 46))
    for x in (372, 552):
        scene.block((x, 640), (x + 80, 716), mix(scene.tint, DUSK, 0.14), radius=10)


def slipover(scene: Scene) -> None:
    scene.shadow((500, FLOOR + 10), (240, 30), strength=70)
    _torso(scene, neck=96)
    scene.area([(402, 296), (598, 296), (500, 470)], mix(scene.tint, DUSK, 0.6))
    scene.line([(398, 296), (500, 474), (602, 296)], 24, mix(scene.tint, PAPER, 0.25))
    scene.line([(372, 318), (322, 430), (334, 520)], 18, mix(scene.tint, PAPER, 0.25))
    scene.line([(628, 318), (678, 430), (666, 520)], 18, mix(scene.tint, PAPER, 0.25))


def beanie(scene: Scene) -> None:
    scene.shadow((510, FLOOR + 4), (280, 32))
    crown = scene.lathe([(20, 290), (130, 320), (222, 430), (252, 590), (254, 690)], scene.tint)
    scene.ribs(crown, mix(scene.tint, DUSK, 0.4), gap=22)
    brim = scene.block((232, 612), (768, 772), mix(scene.tint, PAPER, 0.1), radius=44)
    scene.ribs(brim, mix(scene.tint, DUSK, 0.5), gap=22)


def scarf(scene: Scene) -> None:
    scene.shadow((510, FLOOR + 6), (260, 30))
    for x, top, end in ((366, 430, 742), (512, 450, 690)):
        tail = scene.area(
            [(x, top), (x + 128, top), (x + 136, end), (x - 8, end)], mix(scene.tint, DUSK, 0.08)
        )
        scene.ribs(tail, mix(scene.tint, DUSK, 0.4), gap=18)
        for fringe in range(8):
            start = x + fringe * 18
            scene.line([(start, end), (start - 3, end + 44)], 7, mix(scene.tint, DUSK, 0.15))
    for y, width in ((300, 190), (362, 222), (430, 206)):
        fold = scene.ellipse((500, y), (width, 56), mix(scene.tint, PAPER, (430 - y) / 700))
        scene.ribs(fold, mix(scene.tint, DUSK, 0.4), gap=18, slant=80)


def socks(scene: Scene) -> None:
    scene.shadow((520, FLOOR + 8), (300, 32))
    for shift, shade in ((150, 0.18), (0, 0.0)):
        leg = [
            (300, 240),
            (436, 240),
            (440, 520),
            (470, 610),
            (600, 690),
            (640, 752),
            (590, 786),
            (420, 782),
            (318, 700),
            (300, 560),
        ]
        body = scene.area([(x + shift, y - shift / 8) for x, y in smooth(leg)], mix(scene.tint, DUSK, shade))
        scene.ribs(body, mix(scene.tint, DUSK, 0.45), gap=14)
        scene.block(
            (292 + shift, 226 - shift / 8),
            (446 + shift, 312 - shift / 8),
            mix(scene.tint, PAPER, 0.4),
            radius=14,
        )
        scene.ellipse((585 + shift, 742 - shift / 8), (54, 42), mix(scene.tint, PAPER, 0.4))


def blanket(scene: Scene) -> None:
    scene.shadow((520, FLOOR + 8), (330, 36))
    for step in range(5):
        y = 700 - step * 78
        shade = mix(scene.tint, PAPER, 0.45 if step % 2 else 0.05)
        fold = scene.block((210 + step * 6, y), (790 - step * 6, y + 92), shade, radius=46)
        scene.ribs(fold, mix(shade, DUSK, 0.35), gap=20, slant=60)
    for x in range(250, 760, 26):
        scene.line([(x, 470), (x - 4, 512)], 6, mix(scene.tint, PAPER, 0.6))


def coffee_bag(scene: Scene) -> None:
    scene.shadow((520, FLOOR + 8), (240, 34))
    scene.curved(
        [(316, 300), (500, 288), (684, 300), (696, 560), (684, 780), (500, 794), (316, 780), (304, 560)],
        scene.tint,
    )
    scene.block((322, 218), (678, 306), mix(scene.tint, DUSK, 0.22), radius=12)
    scene.block((372, 430), (628, 690), PAPER, radius=18)
    scene.ellipse((500, 540), (58, 76), mix(scene.tint, DUSK, 0.35))
    scene.line(smooth([(508, 470), (484, 520), (516, 560), (494, 610)]), 8, PAPER)
    scene.line([(420, 652), (580, 652)], 8, mix(scene.tint, PAPER, 0.3))
    scene.ellipse((584, 354), (15, 15), mix(scene.tint, DUSK, 0.5))


def tea_tin(scene: Scene) -> None:
    scene.shadow((520, FLOOR + 8), (220, 34))
    scene.lathe([(186, 400), (186, 590), (186, 780), (150, 796)], scene.tint)
    scene.lathe([(150, 292), (192, 310), (194, 360), (194, 416)], mix(scene.tint, DUSK, 0.18))
    scene.ellipse((500, 296), (156, 26), mix(scene.tint, PAPER, 0.3))
    scene.ellipse((500, 590), (116, 128), PAPER)
    for lean in (-1, 1):
        scene.curved(
            [(500, 670), (500 + lean * 70, 610), (500 + lean * 52, 520), (500 + lean * 8, 590)], LEAF
        )
    scene.line([(500, 684), (500, 560)], 7, mix(LEAF, DUSK, 0.3))


def pour_over(scene: Scene) -> None:
    scene.shadow((520, FLOOR + 8), (240, 34))
    scene.lathe([(84, 486), (150, 580), (206, 700), (176, FLOOR)], mix(scene.tint, GLASS, 0.6))
    scene.lathe([(168, 640), (200, 712), (172, FLOOR - 8)], (96, 58, 38))
    scene.area([(268, 250), (732, 250), (536, 500), (464, 500)], PAPER)
    scene.lathe([(244, 262), (150, 380), (44, 500)], mix(scene.tint, PAPER, 0.2))
    scene.ellipse((500, 262), (244, 44), mix(scene.tint, PAPER, 0.6))
    scene.ellipse((500, 270), (196, 30), (104, 66, 44))
    scene.block((400, 492), (600, 524), WOOD, radius=14)


def chest(scene: Scene) -> None:
    scene.shadow((520, FLOOR + 8), (350, 36))
    lid = scene.area([(250, 330), (750, 330), (800, 470), (200, 470)], mix(scene.tint, PAPER, 0.2))
    scene.ribs(lid, mix(scene.tint, DUSK, 0.3), gap=60)
    for column in range(3):
        for row in range(2):
            scene.ellipse(
                (340 + column * 160, 478 + row * 40), (70, 30), mix(LEAF, PAPER, 0.15 + 0.2 * column)
            )
    front = scene.block((200, 540), (800, FLOOR), scene.tint, radius=14)
    scene.ribs(front, mix(scene.tint, DUSK, 0.25), gap=80)
    scene.ellipse((500, 660), (26, 26), BRASS)


MOTIFS: dict[str, Callable[[Scene], None]] = {
    motif.__name__: motif
    for motif in (
        table_lamp, pendant, desk_lamp, globe, candles, lantern, mug, bowl, plate, teapot, bottle_vase,
        round_vase, plant_pots, jumper, cardigan, slipover, beanie, scarf, socks, blanket, coffee_bag,
        tea_tin, pour_over, chest,
    )
}  # fmt: skip


def draw(motif: str, *, tint: str) -> bytes:
    """A JPEG of 960 x 960 pixels, the same bytes each time; `tint` is #rrggbb. Raises KeyError."""
    scene = Scene(parse(tint))
    MOTIFS[motif](scene)
    return scene.jpeg()
