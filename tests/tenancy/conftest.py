"""Both houses, made once for each test that asks for them."""

import pytest

from tests.tenancy.world import World, build


@pytest.fixture
def world(db: None) -> World:  # the database is what it is made in
    return build()
