from pathlib import Path

import pytest

from marketplace.staff import ADMINISTRATOR, FINANCE, MODERATOR, PERMISSIONS, ROLES, as_markdown
from tests.support import tree
from tests.support.graphql import GraphQL
from tests.support.staff import with_role

DOCUMENT = """{ platform {
  vendors { totalCount } ledger { totalCount } productsAwaitingReview { totalCount } } }"""


def test_the_page_shows_the_table_there_is() -> None:
    assert as_markdown() in tree.text(Path("docs/staff.md"))


def test_no_role_but_the_administrators_has_everything() -> None:
    assert [role for role, held in ROLES.items() if held == set(PERMISSIONS)] == [ADMINISTRATOR]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (MODERATOR, {"vendors": True, "ledger": False, "productsAwaitingReview": True}),
        (FINANCE, {"vendors": True, "ledger": True, "productsAwaitingReview": False}),
    ],
)
def test_a_role_sees_what_its_permissions_say_and_of_the_rest_a_refusal(
    role: str, seen: dict[str, bool]
) -> None:
    body = GraphQL(with_role(role)).send(DOCUMENT).json()
    assert {name: value is not None for name, value in body["data"]["platform"].items()} == seen
    refused = {error["path"][-1]: error["extensions"]["code"] for error in body["errors"]}
    assert refused == {name: "NOT_PERMITTED" for name, is_seen in seen.items() if not is_seen}
