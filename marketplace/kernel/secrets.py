"""The signing key of a machine that was given none."""

import contextlib
import os
import secrets
from pathlib import Path


def local_secret_key(directory: Path) -> str:
    """A random key, made once and kept in the folder, readable by its owner only.

    It serves one machine: `check --deploy` asks for SECRET_KEY, which all machines of an installation share.
    """
    path = directory / "secret-key"
    if not path.exists():
        directory.mkdir(parents=True, exist_ok=True)
        draft = directory / f"secret-key.{secrets.token_hex(4)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(64))
        # A link, unlike a rename, does not replace the key that another process made meanwhile.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text(encoding="ascii")
