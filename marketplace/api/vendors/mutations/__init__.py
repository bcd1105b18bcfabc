"""What may be done to vendors, assembled from the part of each room."""

import strawberry

from marketplace.api.vendors.mutations import keys, life, onboarding, profile, staff


@strawberry.type
class Mutation(keys.Mutation, life.Mutation, onboarding.Mutation, profile.Mutation, staff.Mutation):
    pass
