"""What may be read of mail: which of it one wants."""

import strawberry

from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.outreach.types import MailPreferenceType, preferences
from marketplace.outreach.selectors import preferences_of


@strawberry.type
class Viewer:
    """The part of `viewer` that this package provides."""

    @fields.field(description="For each topic of mail, whether you want it.")
    def mail_preferences(self, info: Info) -> list[MailPreferenceType]:
        return preferences(preferences_of(info.context.demand_user().email))
