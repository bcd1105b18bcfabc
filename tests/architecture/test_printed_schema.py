"""schema.graphql is what the API is: a change of the API shows in the change of a file."""

from pathlib import Path

from marketplace.schema import schema
from tests.support import tree


def test_the_printed_schema_is_fresh() -> None:
    assert tree.text(Path("schema.graphql")).strip() == schema.as_str().strip()
