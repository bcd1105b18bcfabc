"""Registered documents: the texts our own pages send, named by the hash of what they say.

They are the only documents anonymous clients may GET, so that a CDN can hold the answers.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.conf import settings


def document_id(text: str) -> str:
    """The id of a document: sha256 of its text, in hex."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def document(identifier: str) -> str | None:
    """The text registered under the id; None where there is none."""
    return _registered(tuple(settings.PERSISTED_DOCUMENTS)).get(identifier)


@lru_cache(maxsize=1)
def _registered(folders: tuple[Path, ...]) -> dict[str, str]:
    """Every `.graphql` file under the folders, by id; read once."""
    files = (path for folder in folders for path in sorted(folder.rglob("*.graphql")))
    texts = [path.read_text(encoding="utf-8") for path in files]
    return {document_id(text): text for text in texts}
