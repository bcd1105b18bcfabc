"""Documents by the hash of what they say."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as ours

from marketplace.api.execution import LONGEST_REMEMBERED, prepared
from marketplace.api.limits import LIMITS
from marketplace.api.persisted import document, document_id
from marketplace.schema import schema


def test_the_id_is_the_hash_of_the_text() -> None:
    assert document_id("{ __typename }") == (
        "sha256:7f56e67dd21ab3f30d1ff8b7bed08893f0a0db86449836189b361dd1e56ddb4b"
    )


def test_every_document_below_the_folders_is_registered(tmp_path: Path, settings: Any) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "a.graphql").write_text("{ a }")
    (tmp_path / "b.txt").write_text("{ b }")
    settings.PERSISTED_DOCUMENTS = [tmp_path, tmp_path / "missing"]
    assert document(document_id("{ a }")) == "{ a }"
    assert document(document_id("{ b }")) is None
    assert document("") is None


@pytest.mark.parametrize(
    "path",
    [path for folder in ours.PERSISTED_DOCUMENTS for path in sorted(Path(folder).rglob("*.graphql"))],
    ids=lambda path: path.stem,
)
def test_our_own_documents_are_valid_and_keep_the_limits(path: Path) -> None:
    found = prepared(schema._schema, path.read_text())
    assert found.problems == ()
    assert found.survey.cost(None, {}) <= LIMITS["TOO_EXPENSIVE"]
    assert len(path.read_text()) <= LONGEST_REMEMBERED
