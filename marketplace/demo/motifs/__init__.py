"""What the demo's pictures show: one small drawing a kind of thing."""

from collections.abc import Callable
from types import ModuleType

from marketplace.demo.motifs import house, kitchen, light, pantry, paper, person, table, wool
from marketplace.demo.pictures import Scene, parse


def _drawings(module: ModuleType) -> dict[str, Callable[[Scene], None]]:
    """What a module draws: its own functions, by their names."""
    return {
        name: thing
        for name, thing in vars(module).items()
        if getattr(thing, "__module__", "") == module.__name__ and not name.startswith("_")
    }


MOTIFS: dict[str, Callable[[Scene], None]] = {
    name: motif
    for module in (light, table, wool, pantry, kitchen, paper, house, person)
    for name, motif in _drawings(module).items()
}


def draw(motif: str, *, tint: str) -> bytes:
    """A JPEG of 800 x 800 pixels, the same bytes each time; `tint` is #rrggbb. Raises KeyError."""
    scene = Scene(parse(tint))
    MOTIFS[motif](scene)
    return scene.jpeg()
