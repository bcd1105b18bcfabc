"""Saying which mail one wants."""

from typing import Annotated

import strawberry

from marketplace.accounts.errors import ExpiredKey, SignInRequired
from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.outreach.inputs import SaveMailPreferencesInput, UnsubscribeInput
from marketplace.api.outreach.types import MailPreferenceType, preferences
from marketplace.outreach.models import ConsentSource, MailTopic
from marketplace.outreach.operations.preferences import save_preferences
from marketplace.outreach.operations.preferences import unsubscribe as unsubscribe_address
from marketplace.outreach.selectors import preferences_of


@strawberry.type(description="You get what you want.")
class SaveMailPreferencesSuccess:
    preferences: list[MailPreferenceType] = strawberry.field(description="As they are now.")


@strawberry.type(description="No more mail comes on this topic.")
class UnsubscribeSuccess:
    email: str = strawberry.field(description="The address that gets no more.")
    topic: MailTopic = strawberry.field(description="Of what.")


@strawberry.type
class Mutation:
    @fields.mutation(SignInRequired, description="Say which mail you want that you do not need.")
    def save_mail_preferences(
        self, info: Info, input: Annotated[SaveMailPreferencesInput, INPUT]
    ) -> SaveMailPreferencesSuccess:
        user = info.context.demand_user()
        save_preferences(user=user, wanted=input.wanted)
        return SaveMailPreferencesSuccess(preferences=preferences(preferences_of(user.email)))

    @fields.mutation(
        ExpiredKey, description="Have no more mail on a topic, by the link of one; nobody needs to sign in."
    )
    def unsubscribe(self, input: Annotated[UnsubscribeInput, INPUT]) -> UnsubscribeSuccess:
        source = ConsentSource.ONE_CLICK if input.is_one_click else ConsentSource.LINK
        email, topic = unsubscribe_address(token=input.token, source=source)
        return UnsubscribeSuccess(email=email, topic=topic)
