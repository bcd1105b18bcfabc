"""Counting how often a password is hashed: what takes time when somebody signs in."""

from django.contrib.auth.hashers import MD5PasswordHasher
from typing_extensions import override


class CountingHasher(MD5PasswordHasher):
    """A fast hasher that counts; set `hashed` to 0 before."""

    hashed = 0

    @override
    def encode(self, password: str, salt: str) -> str:
        CountingHasher.hashed += 1
        return super().encode(password, salt)


PATH = f"{__name__}.CountingHasher"
