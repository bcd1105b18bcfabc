"""The stamp on what we leave with a provider."""

from pytest_django import Settings

from marketplace.gateway.marks import is_ours, stamped


def test_what_we_stamp_is_ours_and_nobody_elses(settings: Settings) -> None:
    metadata = stamped({"payment": "7"})
    assert metadata == {"payment": "7", "installation": "http://localhost:8000"}
    assert is_ours(metadata)
    settings.SITE_URL = "https://rehearsal.example"
    assert not is_ours(metadata)
    assert not is_ours({})
    assert not is_ours({"payment": "7"})
