"""People and what they buy with."""

from typing import Any

from factory.declarations import SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory
from typing_extensions import override

from marketplace.accounts.models import Address, AddressType, BillingProfile, GuestEmail, User

PASSWORD = "a-long-walk-by-the-sea"


class UserFactory(DjangoModelFactory[User]):
    """A verified user with PASSWORD, an e-mail address and a billing profile, as an operation makes one."""

    class Meta:
        model = User

    email = Sequence(lambda number: f"user{number}@example.com")
    name = "Ada Example"
    password = PASSWORD
    is_verified = True

    @classmethod
    @override
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(**kwargs)


class GuestEmailFactory(DjangoModelFactory[GuestEmail]):
    class Meta:
        model = GuestEmail

    email = Sequence(lambda number: f"guest{number}@example.com")


class BillingProfileFactory(DjangoModelFactory[BillingProfile]):
    """A guest's profile; a user's is made with the user."""

    class Meta:
        model = BillingProfile

    guest = SubFactory(GuestEmailFactory)
    email = SelfAttribute("guest.email")


class AddressFactory(DjangoModelFactory[Address]):
    class Meta:
        model = Address

    billing_profile = SubFactory(BillingProfileFactory)
    address_type = AddressType.SHIPPING
    name = "Ada Example"
    line1 = "Unter den Linden 1"
    city = "Berlin"
    postal_code = "10117"
    country = "DE"
