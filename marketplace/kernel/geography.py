"""Nothing here is measured on a map, and Django's geography is never looked for.

strawberry-django asks for it at every start of a process, and GDAL is sought under twelve names, twice: where
there is a compiler, 120 child processes and half of what a start costs.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from django.core.exceptions import ImproperlyConfigured
from typing_extensions import override

PACKAGE = "django.contrib.gis.geos"


class _Unsought(MetaPathFinder):
    """Answers for that one package, and says what Django says where GDAL is not installed."""

    @override
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname == PACKAGE:
            raise ImproperlyConfigured("Geography is left out of Marketplace.")
        return None


def leave_out() -> None:
    """Let every later import of the package fail at once. Side effects: on this process, once."""
    if not any(isinstance(finder, _Unsought) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Unsought())
