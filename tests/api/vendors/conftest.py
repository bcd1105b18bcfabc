import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _nothing_to_do_first(settings: Settings) -> None:
    """The checklist has tests of its own."""
    settings.ONBOARDING_STEPS = ()
