"""What people do with their accounts."""

import strawberry

from marketplace.api.accounts.mutations import access, addresses, cards, credentials, factors, privacy


@strawberry.type
class Mutation(
    access.Mutation,
    factors.Mutation,
    credentials.Mutation,
    addresses.Mutation,
    cards.Mutation,
    privacy.Mutation,
):
    pass
