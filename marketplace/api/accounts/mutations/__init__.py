"""What people do with their accounts."""

import strawberry

from marketplace.api.accounts.mutations import access, addresses, credentials, factors, privacy


@strawberry.type
class Mutation(access.Mutation, factors.Mutation, credentials.Mutation, addresses.Mutation, privacy.Mutation):
    pass
