"""Keys by which a vendor's own programs use the API: what they look like, what is kept of them, who they are.

    mkey_4f9QmZ0aT1bc_<43 characters><6 characters>
         handle       secret          checksum

The handle is public and names the key. The checksum lets a scanner of leaks tell a key from noise, and lets
us refuse a mistyped one without asking the database. Of the secret only the SHA-256 is kept: with 256 random
bits there is nothing to guess, so a slow hash would only slow down every request.
"""

import hashlib
import re
import secrets
import string
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import OuterRef, Q
from typing_extensions import override

from marketplace.accounts.models import User
from marketplace.kernel import clock
from vendors.models.staff import VendorUserObjectPermission
from vendors.models.vendor import Vendor
from vendors.permissions import FOR_PEOPLE_ONLY, VendorPermission

PREFIX: Final = "mkey_"
ALPHABET: Final = string.digits + string.ascii_letters
HANDLE_LENGTH: Final = 12
SECRET_LENGTH: Final = 43  # of 62 characters each: 256 bits
CHECKSUM_LENGTH: Final = 6  # 62 to the 6th is more than 2 to the 32nd
SHAPE: Final = re.compile(
    rf"{PREFIX}([0-9A-Za-z]{{{HANDLE_LENGTH}}})_[0-9A-Za-z]{{{SECRET_LENGTH + CHECKSUM_LENGTH}}}"
)


def new_secret() -> tuple[str, str]:
    """The handle of a key that nobody had before, and the key itself; whoever holds it is it."""
    handle, secret = (
        "".join(secrets.choice(ALPHABET) for _ in range(length)) for length in (HANDLE_LENGTH, SECRET_LENGTH)
    )
    body = f"{PREFIX}{handle}_{secret}"
    return handle, body + _checksum(body)


def handle_of(secret: str) -> str | None:
    """The public part of a key; None for what cannot be one of ours."""
    shape = SHAPE.fullmatch(secret)
    body, checksum = secret[:-CHECKSUM_LENGTH], secret[-CHECKSUM_LENGTH:]
    return shape[1] if shape and _checksum(body) == checksum else None


def digest_of(secret: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _checksum(body: str) -> str:
    """The CRC-32 of the text, in base 62, the most significant digit first."""
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(CHECKSUM_LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits


def held_by_maker() -> ArraySubquery:
    """What the maker of a key may do on its vendor now."""
    grants = VendorUserObjectPermission.objects.filter(
        user=OuterRef("created_by"), content_object=OuterRef("vendor"), user__is_active=True
    )
    return ArraySubquery(grants.values("permission__codename"))


class VendorApiKeyQuerySet(models.QuerySet["VendorApiKey"]):
    """Keys, and what they may do."""

    def with_held(self) -> "VendorApiKeyQuerySet":
        """With what their makers may do on the vendor now: `permissions_now` reads it."""
        return self.annotate(held=held_by_maker())


class VendorApiKey(models.Model):
    """A key to the API for programs of one vendor. The secret itself is kept nowhere."""

    vendor = models.ForeignKey(Vendor, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80, db_comment="what it is for, in the vendor's words")
    handle = models.CharField(max_length=HANDLE_LENGTH, unique=True)
    digest = models.CharField(max_length=64, db_comment="SHA-256 of the whole key, in hex")
    permissions = ArrayField(models.CharField(max_length=32))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    last_used_at = models.DateTimeField(null=True, blank=True, db_comment="to the minute")

    objects = VendorApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = "vendor API key"
        constraints = [
            models.CheckConstraint(
                condition=Q(permissions__contained_by=sorted(set(VendorPermission) - FOR_PEOPLE_ONLY)),
                name="an_api_key_may_nothing_that_takes_a_person",
            ),
            models.CheckConstraint(condition=Q(permissions__len__gt=0), name="an_api_key_may_something"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.name} ({self.shown})"

    @property
    def shown(self) -> str:
        """What people see of it, to tell it from others."""
        return f"{PREFIX}{self.handle}…"

    @property
    def is_open(self) -> bool:
        """Whether it is neither revoked nor over."""
        is_over = self.expires_at is not None and self.expires_at <= clock.now()
        return self.revoked_at is None and not is_over

    @property
    def permissions_now(self) -> frozenset[VendorPermission]:
        """What it may do at this moment; for rows of `with_held`. Nothing once it has ended."""
        if not self.is_open:
            return frozenset()
        held: list[str] = self.held  # type: ignore[attr-defined]  # annotated above
        return frozenset(map(VendorPermission, {*self.permissions} & {*held})) - FOR_PEOPLE_ONLY


@dataclass(frozen=True)
class KeyVisitor:
    """Who comes with a key: neither a user nor nobody. Its maker answers for what it does.

    Attributes:
        key: the key, with its maker.
        permissions: what it may do at this moment, on its vendor alone.
    """

    key: VendorApiKey
    permissions: frozenset[VendorPermission]

    @property
    def vendor_id(self) -> int:
        """The one vendor it works for."""
        return self.key.vendor_id

    @property
    def maker(self) -> User:
        """Who made it."""
        return self.key.created_by

    @property
    def last_used_at(self) -> datetime | None:
        """When it last came, to the minute."""
        return self.key.last_used_at
