"""Marks of internet connections: equal or not, and nothing else."""

from pytest_django import Settings

from checkout.client_sites import LENGTH, mark_of
from checkout.models import Order


def test_a_mark_tells_connections_apart_and_no_addresses(settings: Settings) -> None:
    one = mark_of("198.51.100.7")
    assert (len(one), "198" in one, mark_of("198.51.100.7")) == (LENGTH, False, one)
    assert Order._meta.get_field("client_site").max_length == LENGTH
    assert mark_of("198.51.100.8") != one
    assert mark_of("2001:db8::1") == mark_of("2001:db8::2:3") != mark_of("2001:db8:0:1::1")
    assert mark_of("unknown") == mark_of("") == ""
    settings.SECRET_KEY = "another"  # of this test
    assert mark_of("198.51.100.7") != one
