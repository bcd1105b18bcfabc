"""What is knitted and woven to wear."""

from marketplace.demo.pictures import DUSK, FLOOR, PAPER, Scene, mix, smooth


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
