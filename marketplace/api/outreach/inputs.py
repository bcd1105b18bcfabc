"""What the mutations on mail take."""

import strawberry

from marketplace.outreach.models import MailTopic

strawberry.enum(MailTopic)


@strawberry.input(description="Which mail you want that you do not need.")
class SaveMailPreferencesInput:
    wanted: list[MailTopic] = strawberry.field(description="These topics, and no others.")


@strawberry.input(description="No more mail on a topic.")
class UnsubscribeInput:
    token: str = strawberry.field(description="From the link at the foot of the mail.")
    is_one_click: bool = strawberry.field(
        default=False, description="Whether a mail program asks for its reader (RFC 8058)."
    )
