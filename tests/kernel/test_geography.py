"""No start of a process looks for what draws maps."""

import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from marketplace.kernel import geography


def test_it_is_not_looked_for() -> None:
    assert not [
        name for name in sys.modules if name.startswith(("django.contrib.gis.gdal", geography.PACKAGE))
    ]
    with pytest.raises(ImproperlyConfigured, match="left out"):
        __import__(geography.PACKAGE)


def test_it_is_left_out_once() -> None:
    before = list(sys.meta_path)
    geography.leave_out()
    assert sys.meta_path == before
