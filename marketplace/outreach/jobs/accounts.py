"""Mail about accounts. All of it happens more than once, so an occasion is one publication of the event."""

from marketplace.accounts import authentication
from marketplace.accounts.models import User
from marketplace.accounts.operations.privacy import fill_export
from marketplace.accounts.selectors import everything_about
from marketplace.kernel.jobs import job
from marketplace.outreach.operations.posting import Recipient, post, recipient_of


@job()
def mail_verification(user_id: int, occasion: str) -> None:
    """Ask the user to show that the address is theirs, unless they have."""
    user = User.objects.get(pk=user_id)
    if not authentication.has_verified_email(user):
        _tell(user, "verify", occasion)


@job()
def mail_known_address(user_id: int, occasion: str) -> None:
    """Tell the owner that somebody signed up with their address, and how to get in."""
    _tell(User.objects.get(pk=user_id), "known_address", occasion)


@job()
def mail_password_reset(email: str, occasion: str) -> None:
    """Mail a key to the address if it has an account. To others nothing: they did not ask us for mail."""
    user = User.objects.filter(email=email).first()
    if user is not None:
        _tell(user, "reset_password", occasion)


@job()
def mail_password_changed(user_id: int, occasion: str) -> None:
    """Tell the user that their password is another one, in case it was not them."""
    _tell(User.objects.get(pk=user_id), "password_changed", occasion)


@job()
def mail_email_change(user_id: int, email: str, occasion: str) -> None:
    """Ask the new address whether it is the user's; if it has an account, tell its owner instead."""
    user = User.objects.get(pk=user_id)
    if not user.is_active:
        return
    owner = User.objects.filter(email=email).first()
    if owner is not None:
        _tell(owner, "known_address", occasion)
        return
    post(
        "new_address",
        to=[Recipient(email, user.pk)],
        occasion=occasion,
        facts={"user_id": user.pk, "email": email},
    )


@job()
def mail_email_change_requested(user_id: int, occasion: str) -> None:
    """Tell the present address that it shall be replaced, while that can still be stopped."""
    _tell(User.objects.get(pk=user_id), "address_to_change", occasion)


@job()
def mail_email_changed(user_id: int, old_email: str, occasion: str) -> None:
    """Tell the old address that it opens the account no more."""
    user = User.objects.get(pk=user_id)
    if user.is_active:
        old = Recipient(old_email, user.pk)
        post("address_changed", to=[old], occasion=occasion, facts={"user_id": user.pk})


@job()
def mail_factor_added(user_id: int, occasion: str) -> None:
    """Tell the user that there is another way to be let in."""
    _tell(User.objects.get(pk=user_id), "factor_added", occasion)


@job()
def mail_factor_removed(user_id: int, occasion: str) -> None:
    """Tell the user that less is asked for than before."""
    _tell(User.objects.get(pk=user_id), "factor_removed", occasion)


@job()
def mail_recovery_codes_reset(user_id: int, occasion: str) -> None:
    """Tell the user that the recovery codes are other ones."""
    _tell(User.objects.get(pk=user_id), "codes_reset", occasion)


@job()
def make_data_export(user_id: int, occasion: str) -> None:
    """Gather what the user asked for, and tell them that it is there."""
    user = User.objects.get(pk=user_id)
    if user.is_active and fill_export(user=user, gathered=everything_about):
        _tell(user, "data_export", occasion)


@job()
def mail_account_deleted(email: str, occasion: str) -> None:
    """Say good-bye to the address, in case it was not its owner. The account has no address any more."""
    post("account_deleted", to=[Recipient(email)], occasion=occasion, facts={})


def _tell(user: User, message: str, occasion: str) -> None:
    """To the user's own address; who has left is told nothing."""
    if user.is_active:
        post(message, to=[recipient_of(user)], occasion=occasion, facts={"user_id": user.pk})
