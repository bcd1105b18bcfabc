from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings


@pytest.fixture
def stored(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "cup.webp").write_bytes(b"RIFF")
    return tmp_path


def test_media_is_served_where_the_setting_asks_for_it(
    client: Client, settings: Settings, stored: Path
) -> None:
    settings.SERVE_MEDIA = True
    response = client.get("/media/cup.webp")
    assert b"".join(response) == b"RIFF"
    assert response["Content-Type"] == "image/webp"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"


def test_media_is_left_to_others_by_default(client: Client, stored: Path) -> None:
    assert client.get("/media/cup.webp").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"), [("../secret-key", 400), ("%2e%2e/secret-key", 400), ("/etc/passwd", 404), ("", 404)]
)
def test_no_other_file_is_served_as_media(
    client: Client, settings: Settings, stored: Path, path: str, status: int
) -> None:
    settings.SERVE_MEDIA = True
    (stored.parent / "secret-key").write_text("secret", encoding="ascii")
    assert client.get(f"/media/{path}").status_code == status
