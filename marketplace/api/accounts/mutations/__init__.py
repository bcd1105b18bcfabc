"""What people do with their accounts."""

import strawberry

from marketplace.api.accounts.mutations import access, addresses, credentials


@strawberry.type
class Mutation(access.Mutation, credentials.Mutation, addresses.Mutation):
    pass
