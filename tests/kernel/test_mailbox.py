import pytest

from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.mailbox import normalized


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ada@example.com", "ada@example.com"),
        ("  Ada@Example.COM ", "ada@example.com"),
        ("ada+shop@example.com", "ada+shop@example.com"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
    ],
)
def test_one_mailbox_has_one_spelling(typed: str, kept: str) -> None:
    assert normalized(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ada",
        "ada@",
        "@example.com",
        "ada@localhost",
        "ada@[127.0.0.1]",
        '"ada lovelace"@example.com',
        "ada@example.com\nBcc: all@example.com",
        "ada\x00@example.com",
        "ad\u0131@example.com",
        "mi\u212ae@example.com",  # a Kelvin sign, which lower() turns into a k
        "\u017fam@example.com",
        f"{'a' * 250}@example.com",
        f"ada@{'b' * 64}.example",
    ],
)
def test_an_unusable_address_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        normalized(typed, field="contact")
    assert refusal.value.field == "contact"
