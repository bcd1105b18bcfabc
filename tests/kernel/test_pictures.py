"""The process that renders, its limits, and the files beside the rows."""

from pathlib import Path

import pytest
from pytest_django import Settings

from marketplace.kernel import pictures, rendering
from marketplace.kernel.errors import UnusableImage
from marketplace.kernel.pictures import SQUARE, WIDE, prepare, stored
from tests.factories.catalog import picture


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Stands in for the program; the test writes it."""
    path = tmp_path / "program.py"
    monkeypatch.setattr(rendering, "__file__", str(path))
    return path


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_an_upload_is_rendered_elsewhere_as_it_would_be_here() -> None:
    content = picture(width=700, height=350)
    assert [prepare(content, sizes) for sizes in (WIDE, SQUARE)] == [
        rendering.render(content, sizes) for sizes in (WIDE, SQUARE)
    ]


def test_what_is_no_picture_is_refused_with_the_reason() -> None:
    for content, reason in {
        b"": "the file is empty",
        b"<svg/>": "it is not a JPEG, PNG, WebP or GIF picture",
        picture()[:60]: "the file is damaged",
    }.items():
        with pytest.raises(UnusableImage) as caught:
            prepare(content)
        assert (caught.value.reason, caught.value.field) == (reason, "image")


def test_what_is_of_another_kind_starts_no_process(program: Path) -> None:
    program.write_text("raise SystemExit(1)")
    with pytest.raises(UnusableImage):
        prepare(b"%PDF-1.7")


@pytest.mark.deep
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_the_largest_allowed_picture_fits_into_the_limits(mode: str) -> None:
    content = picture(width=5_000, height=5_000, mode=mode, colour=3 if mode == "P" else "teal")
    assert [each.width for each in prepare(content).renditions] == [480, 960, 1600]


LIMITED = f"""
import importlib.util, os, sys, time
spec = importlib.util.spec_from_file_location("rendering", {rendering.__file__!r})
rendering = importlib.util.module_from_spec(spec)
sys.modules["rendering"] = rendering
spec.loader.exec_module(rendering)
rendering.CPU_SECONDS = 1
rendering._limit()
"""


@pytest.mark.parametrize(
    ("what", "refusal"),
    [
        ("while True: pass", "the file is damaged"),  # its second of CPU
        ("os.abort()", "the file is damaged"),
        ("time.sleep(60)", "it takes too long to read"),
    ],
)
def test_a_process_that_does_not_end_well_is_a_refusal(
    what: str, refusal: str, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "SECONDS", 2)
    program.write_text(LIMITED + what)
    with pytest.raises(UnusableImage) as caught:
        prepare(picture())
    assert caught.value.reason == refusal


@pytest.mark.parametrize(
    ("what", "problem"),
    [
        ("bytearray(2 * 1024**3)", "MemoryError"),
        ("os.write(os.open(sys.argv[0] + '.new', os.O_CREAT | os.O_WRONLY), b'x')", "File too large"),
    ],
)
def test_a_process_has_no_more_memory_and_writes_no_file(what: str, problem: str, program: Path) -> None:
    program.write_text(LIMITED + what)
    with pytest.raises(RuntimeError, match=problem):
        prepare(picture())


def test_a_process_knows_nothing_of_our_environment(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hunter2")
    program.write_text("import os, sys; sys.exit(str(sorted({*os.environ} - {'LC_CTYPE'})) + str(sys.path))")
    with pytest.raises(RuntimeError) as caught:
        prepare(picture())
    assert "failed: [][" in str(caught.value)
    assert str(Path.cwd()) + "'" not in str(caught.value)


def test_files_stay_where_the_block_ends_and_go_where_it_fails(media: Path) -> None:
    drawn = rendering.render(picture(width=600, height=300), WIDE)
    with stored(drawn, folder="things") as columns:
        pass
    kept = _files(media)
    assert sorted(each["name"] for each in columns["renditions"]) == kept
    assert (columns["width"], columns["height"], columns["file"]) == (
        600,
        300,
        columns["renditions"][1]["name"],
    )

    def fail() -> None:
        with stored(drawn, folder="things"):
            assert len(_files(media)) == 4
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert _files(media) == kept
