"""Documents by the hash of what they say."""

from pathlib import Path
from typing import Any

from marketplace.api.persisted import document, document_id


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
