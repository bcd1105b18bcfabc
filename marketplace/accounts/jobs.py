"""Mail about accounts, and the sessions nobody comes back to.

Keys are made here, when the mail is written, so that no queue ever holds one. A job that runs twice mails
twice; every key it mailed works until one is used.
"""

from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.mail import send_mail
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string

from marketplace.accounts import authentication
from marketplace.accounts.models import User, UserSession
from marketplace.accounts.operations import billing
from marketplace.accounts.operations.privacy import fill_export, forget_exports
from marketplace.accounts.selectors import everything_about
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


@job()
def mail_email_change(user_id: int, email: str) -> None:
    """Ask the new address whether it is the user's; if it has an account, tell its owner instead."""
    user = User.objects.get(pk=user_id)
    if not user.is_active:
        return
    owner = User.objects.filter(email=email).first()
    if owner is None:
        key = authentication.email_change_key(user, email)
        _mail(user, "new_address", to=email, page="verify", key=key)
    elif owner.is_active:
        _mail(owner, "known", page="reset", key=authentication.reset_key(owner))


@job()
def mail_email_change_requested(user_id: int) -> None:
    """Tell the present address that it shall be replaced, while that can still be stopped."""
    user = User.objects.get(pk=user_id)
    if user.is_active:
        _mail(user, "address_to_change", page="reset")


@job()
def mail_email_changed(user_id: int, old_email: str) -> None:
    """Tell the old address that it opens the account no more."""
    user = User.objects.get(pk=user_id)
    if user.is_active:
        _mail(user, "address_changed", to=old_email, page="reset")


@job()
def mail_factor_added(user_id: int) -> None:
    """Tell the user that there is another way to be let in."""
    _tell(user_id, "factor_added")


@job()
def mail_factor_removed(user_id: int) -> None:
    """Tell the user that less is asked for than before."""
    _tell(user_id, "factor_removed")


@job()
def mail_recovery_codes_reset(user_id: int) -> None:
    """Tell the user that the recovery codes are other ones."""
    _tell(user_id, "codes_reset")


@job()
def make_data_export(user_id: int) -> None:
    """Gather what the user asked for, and tell them that it is there."""
    user = User.objects.get(pk=user_id)
    if user.is_active and fill_export(user=user, gathered=everything_about):
        _mail(user, "data_export", page="")


@job()
def mail_account_deleted(email: str) -> None:
    """Say good-bye to the address, in case it was not its owner. The account has no address any more."""
    _send("account_deleted", email, page="reset")


@periodic("29 3 * * *")
def forget_data_exports() -> None:
    """Every night; who needs the data again asks again."""
    forget_exports()


@periodic("23 3 * * *")
def delete_expired_sessions() -> None:
    """Every night; an expired session opens nothing, it only takes room."""
    Session.objects.filter(expire_date__lte=clock.now()).delete()
    kept = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(kept)).delete()


@periodic("33 3 * * *")
def forget_idle_guests() -> None:
    """Every night; the address of somebody who gave it and bought nothing is not ours to keep."""
    billing.forget_guests(older_than=timedelta(days=settings.GUEST_DAYS))


def _tell(user_id: int, template: str) -> None:
    user = User.objects.get(pk=user_id)
    if user.is_active:
        _mail(user, template, page="reset")


def _mail(user: User, template: str, *, page: str, to: str = "", **query: str) -> None:
    """Send a template, whose first line is the subject, with a link to a page of the storefront.

    It goes to the user's address, unless another is given.
    """
    _send(template, to or user.email, page=page, **query)


def _send(template: str, to: str, *, page: str, **query: str) -> None:
    link = f"{settings.SITE_URL}/account/{page}{'?' if query else ''}{urlencode(query)}".removesuffix("/")
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
    send_mail(subject, body, None, [to])
