"""What may be read of accounts, starting from whoever reads."""

from django.db.models import QuerySet

from marketplace.accounts.models import Address, User


def addresses_of(user: User) -> QuerySet[Address]:
    """The user's address book: defaults first, then what was changed last."""
    return Address.objects.filter(billing_profile__user=user)
