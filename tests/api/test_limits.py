"""What a document costs, and the figures beyond which it is not heard."""

import pytest
from graphql import GraphQLSchema, build_schema, parse

from marketplace.api.errors import RequestError
from marketplace.api.limits import LIMITS, Survey

SCHEMA: GraphQLSchema = build_schema(
    """
    type Query { thing: Thing things(first: Int, last: Int): Things nodes(ids: [ID!]!): [Thing]! }
    type Things { edges: [Edge!]! totalCount: Int }
    type Edge { node: Thing }
    type Thing { id: ID thing: Thing things(first: Int, last: Int): Things }
    """
)
PAGE = "edges { node { id } }"  # 2 + 2 + 1


def cost(document: str, operation: str | None = None, **variables: object) -> int:
    return Survey(SCHEMA, parse(document)).cost(operation, variables)


def refusal(document: str, operation: str | None = None, **variables: object) -> object:
    with pytest.raises(RequestError) as refused:
        cost(document, operation, **variables)
    return (refused.value.extensions or {})["code"]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("{ __typename }", 1),
        ("{ thing { id } }", 3),
        ("{ thing { thing { id } } }", 5),
        (f"{{ things {{ {PAGE} }} }}", 2 + 4 * 5),
        (f"{{ things(first: 0) {{ {PAGE} }} }}", 2 + 1 * 5),
        (f"{{ things(first: 1) {{ {PAGE} }} }}", 2 + 1 * 5),
        (f"{{ things(first: 6) {{ {PAGE} }} }}", 2 + 2 * 5),
        (f"{{ things(last: 100) {{ {PAGE} }} }}", 2 + 20 * 5),
        (
            f"{{ things(first: 10) {{ edges {{ node {{ things(first: 10) {{ {PAGE} }} }} }} }} }}",
            2 + 2 * (4 + 2 + 2 * 5),
        ),
        ("{ things(first: 5) { totalCount } }", 3),
        ("{ thing { ...F } thing { ...F } } fragment F on Thing { id }", 6),
        ("{ ... on Query { thing { id } } }", 3),
        ('{ nodes(ids: ["a", "b"]) { id } }', 3),
        ('{ nodes(ids: ["a", "b", "c", "d", "e", "f"]) { id } }', 4),
    ],
)
def test_an_object_costs_two_a_leaf_one_and_pages_multiply(document: str, expected: int) -> None:
    assert cost(document) == expected


def aliases(count: int) -> str:
    return " ".join(f"a{number}: id" for number in range(count))


SIZED = f"query($n: Int) {{ things(first: $n) {{ {PAGE} }} }}"


@pytest.mark.parametrize(
    ("value", "pages"), [(5, 1), (100, 20), (100.0, 20), (None, 4), (1.5, 4), ("5", 4), (-5, 1), ([1] * 6, 2)]
)
def test_the_size_may_be_a_variable(value: object, pages: int) -> None:
    assert cost(SIZED, n=value) == 2 + pages * 5


def test_a_variable_not_given_has_its_default() -> None:
    assert cost(SIZED) == 2 + 4 * 5
    assert cost(SIZED.replace("Int", "Int = 100")) == 2 + 20 * 5
    assert cost(SIZED.replace("Int", "Int = 100"), n=5) == 2 + 1 * 5


def test_ids_in_a_variable_count() -> None:
    assert cost("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["a"] * 100) == 2 + 20


def test_the_operation_that_runs_is_the_one_that_is_counted() -> None:
    document = f"query A {{ __typename }} query B {{ things {{ {PAGE} }} }}"
    assert (cost(document, "A"), cost(document, "B")) == (1, 22)
    assert refusal(document) == "UNKNOWN_OPERATION"
    assert refusal(document, "C") == "UNKNOWN_OPERATION"
    assert refusal("{ __typename }", "") == "UNKNOWN_OPERATION"
    assert refusal("fragment F on Query { __typename }") == "UNKNOWN_OPERATION"


def nested(first: int, depth: int) -> str:
    if depth == 0:
        return PAGE
    return f"edges {{ node {{ things(first: {first}) {{ {nested(first, depth - 1)} }} }} }}"


def test_a_hundred_by_a_hundred_by_a_hundred_is_too_expensive() -> None:
    assert refusal(f"{{ things(first: 100) {{ {nested(100, 2)} }} }}") == "TOO_EXPENSIVE"


@pytest.mark.parametrize(
    ("code", "inside", "beyond"),
    [
        ("TOO_DEEP", "{" + "thing {" * 15 + "id" + "}" * 16, "{" + "thing {" * 16 + "id" + "}" * 17),
        ("TOO_MANY_ROOT_FIELDS", "{" + "__typename " * 20 + "}", "{" + "__typename " * 21 + "}"),
        ("TOO_MANY_ALIASES", *(f"{{ thing {{ {aliases(n)} }} }}" for n in (30, 31))),
        ("TOO_MANY_DIRECTIVES", *("{ thing {" + "id @a " * n + "} }" for n in (30, 31))),
        ("TOO_MANY_DIRECTIVES_AT_ONE_PLACE", *("{ __typename " + "@a " * n + "}" for n in (4, 5))),
        ("TOO_MANY_DIRECTIVES_AT_ONE_PLACE", *("query Q " + "@a " * n + "{ __typename }" for n in (4, 5))),
        ("TOO_MANY_SELECTIONS_AT_ONE_PLACE", *("{ thing {" + "id " * n + "} }" for n in (100, 101))),
        ("PAGE_TOO_LARGE", *(f"{{ things(first: {n}) {{ totalCount }} }}" for n in (100, 101))),
    ],
)  # fmt: skip
def test_a_limit_is_the_last_figure_that_passes(code: str, inside: str, beyond: str) -> None:
    assert cost(inside) > 0
    assert refusal(beyond) == code


def test_every_operation_keeps_the_limits_not_only_the_one_that_runs() -> None:
    deep = "{" + "thing {" * 16 + "id" + "}" * 17
    assert refusal(f"query A {{ __typename }} query B {deep}", "A") == "TOO_DEEP"
    operations = " ".join(f"query Q{i} {{ __typename }}" for i in range(11))
    assert refusal(operations, "Q0") == "TOO_MANY_OPERATIONS"


def test_fragments_count_wherever_they_are_spread() -> None:
    spreads = "thing { ...F } " * 4
    assert refusal(
        f"{{ {spreads} }} fragment F on Thing {{ {' '.join(f'a{i}: id' for i in range(8))} }}"
    ) == ("TOO_MANY_ALIASES")


def test_a_chain_that_doubles_is_walked_once() -> None:
    links = " ".join(
        f"fragment F{i} on Thing {{ thing {{ ...F{i + 1} }} t: thing {{ ...F{i + 1} }} }}" for i in range(15)
    )
    assert refusal(f"{{ thing {{ ...F0 }} }} {links} fragment F15 on Thing {{ id }}") == "TOO_EXPENSIVE"


def test_cycles_and_unknown_names_are_left_to_validation() -> None:
    assert cost("{ thing { ...F } } fragment F on Thing { thing { ...F } }") == 4
    assert cost("{ thing { ...Nowhere } nothing { anything } }") > 0


def test_whoever_reads_the_schema_is_not_measured_below_it() -> None:
    below = "{ fields { type " * 10 + "{ name }" + " } }" * 10
    survey = Survey(SCHEMA, parse(f"{{ __schema {{ types {below} }} }}"))
    assert survey.introspects
    assert survey.cost(None, {}) == 2
    assert not Survey(SCHEMA, parse("{ __typename }")).introspects


def test_a_refusal_names_its_limit() -> None:
    with pytest.raises(RequestError, match=r"The limit is 16 \(deep\)") as refused:
        cost("{" + "thing {" * 16 + "id" + "}" * 17)
    assert refused.value.extensions == {"code": "TOO_DEEP", "limit": LIMITS["TOO_DEEP"]}
