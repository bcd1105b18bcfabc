"""What is drunk and eaten, and what it comes in."""

from marketplace.demo.pictures import BRASS, DUSK, FLOOR, GLASS, LEAF, PAPER, WOOD, Scene, mix, smooth


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
