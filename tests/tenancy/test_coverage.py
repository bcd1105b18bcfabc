"""No field and no mutation without its place in the matrix."""

import sys

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_required_argument,
)

from marketplace.api.fields import PeopleOnly
from tests.tenancy.acts import FOR_KEYS
from tests.tenancy.documents import NEEDED, SCHEMA, composite
from tests.tenancy.lists import LISTS, THROUGH
from tests.tenancy.open_acts import OPEN_ACTS
from tests.tenancy.rows import ACTS, DOORS, OWN_IDEMPOTENCY, THINGS
from tests.tenancy.world import Actor


def test_every_mutation_has_a_row() -> None:
    assert sorted({act.name for act in ACTS} | set(OPEN_ACTS)) == sorted(composite("Mutation").fields)


def test_no_mutation_is_both_guarded_and_open() -> None:
    assert {act.name for act in ACTS} & set(OPEN_ACTS) == set()


def test_no_key_comes_to_a_mutation_that_is_not_for_keys() -> None:
    """Those without a row too: accounts, carts, orders, the platform."""
    open_to_keys = {
        name
        for name, field in composite("Mutation").fields.items()
        if not any(
            isinstance(each, PeopleOnly) for each in field.extensions["strawberry-definition"].extensions
        )
    }
    assert open_to_keys == FOR_KEYS


def test_every_idempotency_key_has_a_cell() -> None:
    taking = {
        name
        for name, field in composite("Mutation").fields.items()
        if isinstance(kind := get_named_type(field.args["input"].type), GraphQLInputObjectType)
        and "idempotencyKey" in kind.fields
    }
    assert taking - OWN_IDEMPOTENCY == {act.name for act in ACTS if act.idempotency_key}


def test_every_root_of_reading_has_a_row() -> None:
    roots = {f"{kind}.{name}" for kind in ("Query", "Viewer", "Platform") for name in composite(kind).fields}
    assert {*LISTS, *THROUGH, *(door.path for door in DOORS)} == roots


def test_every_type_with_an_id_has_a_row() -> None:
    node = SCHEMA.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    assert {thing.type for thing in THINGS} == {kind.name for kind in SCHEMA.get_possible_types(node)}


def test_every_field_that_needs_arguments_is_given_them() -> None:
    """What the selection of everything would leave out."""
    named = {door.path for door in DOORS} | set(THROUGH)
    needing = {
        f"{kind.name}.{name}"
        for kind in SCHEMA.type_map.values()
        if isinstance(kind, GraphQLObjectType) and kind.name != "Mutation" and not kind.name.startswith("__")
        for name, field in kind.fields.items()
        if any(map(is_required_argument, field.args.values()))
    }
    assert needing - named == set(NEEDED)


def test_the_size_of_the_matrix_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Prints its size: every cell is one visitor at one thing."""
    repeated = sum(bool(act.idempotency_key) for act in ACTS) + len(OWN_IDEMPOTENCY)
    cells = len(Actor) * (len(ACTS) + len(THINGS) + len(DOORS) + len(LISTS) + repeated)
    mixed = sum(len(act.refs()) for act in ACTS)
    with capsys.disabled():
        sys.stdout.write(
            f"\ntenancy: {cells} cells of {len(Actor)} visitors, {mixed} fields that name a thing\n"
        )
    assert cells > 1000
