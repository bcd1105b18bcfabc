"""People and what they buy with: User, UserSession, GuestEmail, BillingProfile, Address."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from typing_extensions import override

from marketplace.kernel import clock
from marketplace.kernel.imported import Imported, unique_in_its_source
from marketplace.kernel.mailbox import normalized


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, email: str, password: str | None = None, *, is_verified: bool = False, **fields: object
    ) -> "User":
        """A user with a hashed password (none: unusable), an e-mail address and a billing profile.

        Sends no mail. Raises InvalidInput for an unusable address and IntegrityError for a known one.
        """
        user = self.model(email=normalized(email), **fields)
        user.set_password(password)
        return self.enrol(user, is_verified=is_verified)

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """A platform admin with every permission, for `createsuperuser`.

        Whoever can run that command need not show by mail that the address is theirs.
        """
        return self.create_user(email, password, is_verified=True, is_staff=True, is_superuser=True, **fields)

    def enrol(self, user: "User", *, is_verified: bool) -> "User":
        """Insert the user together with the rows no user is without: the e-mail address allauth signs in by,
        and the billing profile. Raises IntegrityError when the address is known; then nothing is kept.
        """
        with transaction.atomic(using=self._db):
            user.save(using=self._db)
            EmailAddress.objects.using(self._db).create(
                user=user, email=user.email, primary=True, verified=is_verified
            )
            BillingProfile.objects.using(self._db).create(user=user, email=user.email)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail: a buyer, a vendor's member, a platform admin, or all of them."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=150, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    session_generation = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="a_user_email_is_in_lower_case")
        ]
        permissions = [("view_as_user", "Can look at pages as a user, and change nothing")]

    @override
    def __str__(self) -> str:
        return self.email

    @override
    def get_session_auth_hash(self) -> str:
        """What a session must match to stay signed in: a new password or session generation ends them all."""
        return self._session_hash(settings.SECRET_KEY)

    @override
    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under each retired secret key, so that changing the key signs nobody out."""
        return (self._session_hash(key) for key in settings.SECRET_KEY_FALLBACKS)

    def _session_hash(self, secret: str | bytes) -> str:
        value = f"{self.password}:{self.session_generation}"
        return salted_hmac("accounts.session", value, secret=secret, algorithm="sha256").hexdigest()


class UserSession(models.Model):
    """A browser a user is signed in with, told so that they know it again; beside Django's own session."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True)
    device = models.CharField(max_length=80, db_comment="browser and system, such as Firefox on Linux")
    network = models.CharField(max_length=64, db_comment="where it was seen last, without the last part")
    created_at = models.DateTimeField(default=clock.now)
    last_seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-last_seen_at", "-pk"]
        default_permissions = ()

    @override
    def __str__(self) -> str:
        return f"{self.device}, {self.network}"

    @property
    def signed_in_at(self) -> datetime:
        return self.created_at


class DataExport(models.Model):
    """All that is kept about a user, gathered for them as JSON; deleted after some days, and with them."""

    user = models.OneToOneField(User, models.CASCADE, related_name="data_export")
    content = models.TextField(blank=True)
    requested_at = models.DateTimeField(default=clock.now)
    ready_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()

    @override
    def __str__(self) -> str:
        return f"data of user {self.user_id}"


class GuestEmail(models.Model):
    """The address a guest gave in one session; two guests who type the same address share nothing."""

    email = models.EmailField(max_length=254)
    created_at = models.DateTimeField(auto_now_add=True)

    @override
    def __str__(self) -> str:
        return self.email


class BillingProfile(Imported):
    """Ties addresses, carts and orders to whoever pays: a user, a guest, or (imported) nobody we know."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(User, models.PROTECT, null=True, blank=True, related_name="billing_profile")
    guest = models.OneToOneField(
        GuestEmail, models.PROTECT, null=True, blank=True, related_name="billing_profile"
    )
    # Who has shown that a guest's address is theirs: they see what was bought, and nothing else of the guest.
    claimed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="claimed_profiles"
    )
    email = models.EmailField(max_length=254, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(guest__isnull=True),
                name="a_billing_profile_is_a_users_or_a_guests",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(claimed_by__isnull=True),
                name="a_users_own_profile_is_not_claimed",
            ),
            unique_in_its_source(name="a_customer_of_a_source_comes_once"),
        ]
        indexes = [
            models.Index(
                fields=["email"],
                condition=Q(user__isnull=True, claimed_by__isnull=True),
                name="unclaimed_profile_by_email",
            )
        ]

    @override
    def __str__(self) -> str:
        return self.email or str(self.uuid)


class AddressType(models.TextChoices):
    BILLING = "billing", "Billing"
    SHIPPING = "shipping", "Shipping"


class Address(models.Model):
    """One entry of a billing profile's address book. Orders keep copies: a change never rewrites the past."""

    billing_profile = models.ForeignKey(BillingProfile, models.CASCADE, related_name="addresses")
    address_type = models.CharField(max_length=8, choices=AddressType)
    name = models.CharField(max_length=150)
    line1 = models.CharField(max_length=200)
    line2 = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100)
    state = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, validators=[RegexValidator(r"^[A-Z]{2}$")])
    phone = models.CharField(max_length=32, blank=True)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "addresses"
        ordering = ["-is_default", "-updated_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(address_type__in=AddressType.values), name="an_address_is_for_billing_or_shipping"
            ),
            models.CheckConstraint(
                condition=Q(country__regex=r"^[A-Z]{2}$"), name="an_address_has_a_country_code"
            ),
            models.UniqueConstraint(
                fields=["billing_profile", "address_type"],
                condition=Q(is_default=True),
                name="a_profile_has_one_default_address_of_a_type",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.name}, {self.line1}, {self.city}, {self.country}"
