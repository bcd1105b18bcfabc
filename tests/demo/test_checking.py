import pytest
from graphql import parse, validate

from marketplace.demo import checking
from marketplace.schema import schema

DOCUMENTS = {
    name: getattr(checking, name) for name in ("PRODUCTS", "PRODUCT", "SIGN_UP", "LOG_IN", "VIEWER", "TOKEN")
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_the_check_asks_is_in_the_schema(name: str) -> None:
    assert validate(schema._schema, parse(DOCUMENTS[name])) == []


def test_an_unexpected_answer_fails_the_step() -> None:
    with pytest.raises(checking.Failed, match="no product"):
        checking.expect([], "no product")
