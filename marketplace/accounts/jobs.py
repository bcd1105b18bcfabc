"""Mail about accounts, and the sessions nobody comes back to.

Keys are made here, when the mail is written, so that no queue ever holds one. A job that runs twice mails
twice; every key it mailed works until one is used.
"""

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.mail import send_mail
from django.template.loader import render_to_string

from marketplace.accounts import authentication
from marketplace.accounts.models import User
from marketplace.kernel import clock
from marketplace.kernel.jobs import job, periodic

SECONDS_A_MINUTE = 60


@job()
def mail_verification(user_id: int) -> None:
    """Ask the user to show that the address is theirs, unless they have."""
    user = User.objects.get(pk=user_id)
    if user.is_active and not authentication.has_verified_email(user):
        key = authentication.verification_key(user)
        _mail(user, "verify", page="verify", key=key)


@job()
def mail_known_address(user_id: int) -> None:
    """Tell the owner that somebody signed up with their address, and how to get in."""
    user = User.objects.get(pk=user_id)
    if user.is_active:
        _mail(user, "known", page="reset", key=authentication.reset_key(user))


@job()
def mail_password_reset(email: str) -> None:
    """Mail a key to the address if it has an account. To others nothing: they did not ask us for mail."""
    user = User.objects.filter(email=email, is_active=True).first()
    if user is not None:
        _mail(user, "reset", page="reset", key=authentication.reset_key(user))


@job()
def mail_password_changed(user_id: int) -> None:
    """Tell the user that their password is another one, in case it was not them."""
    user = User.objects.get(pk=user_id)
    if user.is_active:
        _mail(user, "changed", page="reset")


@periodic("23 3 * * *")
def delete_expired_sessions() -> None:
    """Every night; an expired session opens nothing, it only takes room."""
    Session.objects.filter(expire_date__lte=clock.now()).delete()


def _mail(user: User, template: str, *, page: str, **query: str) -> None:
    """Send a template, whose first line is the subject, with a link to a page of the storefront."""
    link = f"{settings.SITE_URL}/account/{page}{'?' if query else ''}{urlencode(query)}"
    text = render_to_string(
        f"accounts/mail/{template}.txt",
        {
            "link": link,
            "site": urlsplit(settings.SITE_URL).netloc,
            "days": settings.ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS,
            "minutes": settings.PASSWORD_RESET_TIMEOUT // SECONDS_A_MINUTE,
        },
    )
    subject, _, body = text.partition("\n")
    send_mail(subject, body, None, [user.email])
