import pytest
from graphql import parse, validate

from marketplace.demo import buying, checking, visitor
from marketplace.schema import schema

DOCUMENTS = {
    f"{module.__name__} {name}": text
    for module in (visitor, checking, buying)
    for name, text in vars(module).items()
    if isinstance(text, str) and text.lstrip().startswith(("query ", "mutation "))
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_the_check_asks_is_in_the_schema(name: str) -> None:
    assert validate(schema._schema, parse(DOCUMENTS[name])) == []


def test_an_unexpected_answer_fails_the_step() -> None:
    with pytest.raises(visitor.Failed, match="no product"):
        visitor.expect([], "no product")
