"""What mail somebody wants that need not be."""

from collections.abc import Collection

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.community.events import AlertsWanted
from marketplace.community.operations.alerts import forget_alerts
from marketplace.kernel.locking import lock_one
from marketplace.outreach.models import ConsentSource, MailConsent, MailTopic
from marketplace.outreach.unsubscribing import read_token


def save_preferences(*, user: User, wanted: Collection[MailTopic]) -> None:
    """Let the user get mail on these topics and on no other. Only what changes is written down.

    Locks the user.
    """
    with transaction.atomic():
        user = lock_one(User.objects.filter(pk=user.pk))
        for topic in MailTopic:
            _say(user.email, topic, user=user, is_given=topic in wanted, source=ConsentSource.SETTINGS)


def unsubscribe(*, token: str, source: ConsentSource = ConsentSource.LINK) -> tuple[str, MailTopic]:
    """The address of the token gets no more mail on its topic; answers both. A second time changes nothing.

    Raises ExpiredKey for what is no token of ours.
    """
    email, topic = read_token(token)
    with transaction.atomic():
        user = User.objects.filter(email=email).first()
        _say(email, topic, user=user, is_given=False, source=source)
    return email, topic


def record_alerts_wanted(event: AlertsWanted) -> None:
    """Write down that a user has asked for word of something; a reaction in the transaction of the asking."""
    user = User.objects.get(pk=event.user_id)
    _say(user.email, MailTopic.PRODUCT_ALERTS, user=user, is_given=True, source=ConsentSource.ASKED)


def _say(email: str, topic: MailTopic, *, user: User | None, is_given: bool, source: ConsentSource) -> None:
    """Who says no to alerts waits for nothing any more: what is asked for later brings none of it back."""
    if MailConsent.objects.is_wanted(topic, by=email) == is_given:
        return
    MailConsent.objects.create(email=email, user=user, topic=topic, is_given=is_given, source=source)
    if topic == MailTopic.PRODUCT_ALERTS and not is_given and user is not None:
        forget_alerts(user)
