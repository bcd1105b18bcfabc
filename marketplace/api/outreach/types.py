"""What one may say about mail."""

from datetime import datetime

import strawberry

from marketplace.api.choices import enum_of
from marketplace.outreach.models import MailConsent, MailTopic

enum_of(MailTopic, description="Mail that nobody needs to get; it comes to who asked for it.")


@strawberry.type(name="MailPreference", description="Whether you want mail on a topic.")
class MailPreferenceType:
    topic: MailTopic = strawberry.field(description="What it is about.")
    is_wanted: bool = strawberry.field(description="Whether it comes; it does not before you said so.")
    said_at: datetime | None = strawberry.field(description="When you said so last; null if never.")


def preferences(said: dict[MailTopic, MailConsent | None]) -> list[MailPreferenceType]:
    """One for each topic."""
    return [
        MailPreferenceType(
            topic=topic,
            is_wanted=last is not None and last.is_given,
            said_at=last.given_at if last else None,
        )
        for topic, last in said.items()
    ]
