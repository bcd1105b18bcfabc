"""What may be done about the life of an order, by vendors and by buyers."""

import strawberry

from marketplace.api.fulfilment.mutations import buyers, cases, returns, vendors


@strawberry.type
class Mutation(vendors.Mutation, returns.Mutation, cases.Mutation, buyers.Mutation):
    pass
