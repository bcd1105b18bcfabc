"""Paper: written on, drawn on, hung up."""

from marketplace.demo.pictures import BRASS, CARD, DUSK, FLOOR, LEAF, PAPER, WOOD, Scene, mix, smooth


def notebook(scene: Scene) -> None:
    scene.shadow((520, FLOOR + 6), (290, 32))
    scene.block((322, 196), (716, FLOOR), mix(PAPER, DUSK, 0.12), radius=12)
    scene.block((296, 180), (690, FLOOR - 14), scene.tint, radius=16)
    scene.block((296, 180), (356, FLOOR - 14), mix(scene.tint, DUSK, 0.3), radius=14)
    scene.block((426, 290), (630, 400), PAPER, radius=8)
    scene.line([(456, 330), (600, 330)], 7, mix(scene.tint, DUSK, 0.3))
    scene.line([(456, 364), (560, 364)], 7, mix(scene.tint, PAPER, 0.3))
    scene.line([(650, 182), (650, FLOOR - 16)], 16, mix(scene.tint, DUSK, 0.5))


def framed(scene: Scene) -> None:
    scene.shadow((510, FLOOR + 2), (270, 26))
    scene.block((262, 140), (738, FLOOR), WOOD, radius=8)
    scene.block((292, 170), (708, FLOOR - 30), PAPER, radius=4)
    scene.block((340, 224), (660, FLOOR - 90), mix(scene.tint, PAPER, 0.55), radius=2)
    scene.ellipse((560, 350), (66, 66), mix((236, 176, 110), PAPER, 0.15))
    scene.area(
        [(340, 560), (440, 430), (530, 540), (600, 470), (660, 560), (660, 700), (340, 700)], scene.tint
    )
    scene.area([(340, 640), (480, 560), (660, 650), (660, 700), (340, 700)], mix(scene.tint, DUSK, 0.35))


def poster(scene: Scene) -> None:
    scene.shadow((510, FLOOR + 2), (260, 22))
    scene.block((280, 130), (720, FLOOR), mix(scene.tint, PAPER, 0.85), radius=2)
    for step, lean in enumerate((-120, -40, 50, 130)):
        stem = [(500, 720), (500 + lean * 0.5, 520), (500 + lean, 300 + abs(lean))]
        scene.line(smooth(stem), 8, mix(LEAF, DUSK, 0.25))
        x, y = stem[-1]
        scene.ellipse((x, y - 10), (56, 56), mix(scene.tint, PAPER, step * 0.14))
        scene.ellipse((x, y - 10), (20, 20), BRASS)
    scene.line([(380, 752), (620, 752)], 8, mix(scene.tint, DUSK, 0.4))


def pencils(scene: Scene) -> None:
    scene.shadow((510, FLOOR + 8), (210, 30))
    for x, lean, colour in ((430, -70, BRASS), (500, 0, scene.tint), (566, 80, mix(scene.tint, PAPER, 0.4))):
        top = 240 + abs(lean)
        scene.line([(x, 640), (x + lean, top)], 34, colour)
        scene.area([(x + lean - 18, top), (x + lean + 18, top), (x + lean * 1.15, top - 66)], CARD)
        scene.ellipse((x + lean * 1.13, top - 52), (8, 14), DUSK)
    scene.lathe([(150, 470), (150, 620), (150, FLOOR)], mix(scene.tint, DUSK, 0.12))
    scene.ellipse((500, 470), (150, 30), mix(scene.tint, DUSK, 0.55))


def cards(scene: Scene) -> None:
    scene.shadow((510, FLOOR + 6), (320, 32))
    scene.area([(230, 330), (560, 250), (650, 640), (320, 720)], CARD)
    scene.area([(330, 320), (720, 320), (720, FLOOR - 14), (330, FLOOR - 14)], PAPER)
    scene.ellipse((525, 500), (92, 92), mix(scene.tint, PAPER, 0.25))
    scene.ellipse((525, 500), (52, 52), scene.tint)
    for x in (430, 620):
        scene.line(smooth([(525, 700), (x, 640), (x + (x - 525) * 0.2, 590)]), 9, LEAF)
    scene.line([(440, 730), (610, 730)], 8, mix(scene.tint, DUSK, 0.3))


def kite(scene: Scene) -> None:
    scene.shadow((520, FLOOR + 20), (190, 20), strength=50)
    scene.area([(500, 110), (720, 340), (500, 650), (280, 340)], scene.tint)
    scene.area([(500, 110), (720, 340), (500, 340)], mix(scene.tint, PAPER, 0.35))
    scene.area([(500, 650), (280, 340), (500, 340)], mix(scene.tint, DUSK, 0.25))
    scene.line(smooth([(500, 650), (560, 720), (470, 790), (540, 870)]), 7, DUSK)
    for x, y in ((548, 706), (484, 780), (532, 850)):
        scene.area([(x - 34, y - 16), (x, y), (x - 34, y + 16)], mix(scene.tint, PAPER, 0.3))
        scene.area([(x + 34, y - 16), (x, y), (x + 34, y + 16)], mix(scene.tint, DUSK, 0.2))
