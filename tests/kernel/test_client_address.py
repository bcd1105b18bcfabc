import pytest

from marketplace.kernel.client_address import client_address, site_of


def _seen(forwarded: str | None, *, proxies: int, peer: str = "10.0.0.9") -> str:
    meta = {"REMOTE_ADDR": peer} | ({} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded})
    return client_address(meta, trusted_proxies=proxies)


@pytest.mark.parametrize(
    ("forwarded", "proxies", "expected"),
    [
        (None, 0, "10.0.0.9"),
        ("198.51.100.7", 0, "10.0.0.9"),
        ("198.51.100.7", 1, "198.51.100.7"),
        ("1.1.1.1, 198.51.100.7", 1, "198.51.100.7"),
        ("1.1.1.1, 198.51.100.7, 10.0.0.8", 2, "198.51.100.7"),
        ("198.51.100.7", 2, "10.0.0.9"),
        (None, 1, "10.0.0.9"),
        ("1.1.1.1, not-an-address", 1, "10.0.0.9"),
    ],
)
def test_the_client_is_counted_from_the_right(forwarded: str | None, proxies: int, expected: str) -> None:
    assert _seen(forwarded, proxies=proxies) == expected


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("198.51.100.7:4711", "198.51.100.7"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
    ],
)
def test_an_address_is_read_in_each_of_its_spellings(entry: str, expected: str) -> None:
    assert _seen(entry, proxies=1) == expected


def test_behind_a_unix_socket_the_client_is_unknown() -> None:
    assert _seen(None, proxies=0, peer="") == "unknown"
    assert site_of("unknown") == "unknown"


def test_a_client_answers_for_its_whole_ipv6_site_but_for_one_ipv4_address() -> None:
    assert site_of("2001:db8:1:2:3:4:5:6") == site_of("2001:db8:1:2::1") == "2001:db8:1:2::/64"
    assert site_of("2001:db8:1:3::1") == "2001:db8:1:3::/64"
    assert site_of("198.51.100.7") == "198.51.100.7"
