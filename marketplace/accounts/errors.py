"""What accounts refuse.

Refusal
  InvalidCredentials      wrong e-mail, wrong password, or an account that was closed: the three look alike
  EmailNotVerified        right password, but nobody has yet opened the mail
  SecondFactorRequired    right password, but the account asks for more
  SecondFactorMissing     right password, but staff must have a second factor, and has none
  SecondFactorKept        staff keeps at least one second factor
  InvalidCode             a code or passkey that is wrong, old, or used
  ExpiredKey              a link from a mail that is used, old or made up
  WeakPassword            a password one should not take
  SignInRequired          for signed-in users only
  RecentSignInRequired    signed in, but too long ago for what is asked
  AccountInUse            an account that cannot be deleted while something is open
  AddressBookFull         more addresses than one book holds
"""

from dataclasses import dataclass
from dataclasses import field as dataclass_field

from marketplace.kernel.errors import Refusal


@dataclass(eq=False, kw_only=True)
class InvalidCredentials(Refusal):
    """E-mail address and password do not belong together; whether the address is known is not said."""

    text = "E-mail address or password is wrong."


@dataclass(eq=False, kw_only=True)
class EmailNotVerified(Refusal):
    """The password is right, but the e-mail address is not confirmed yet. The message was sent again."""

    text = "Please confirm your e-mail address first, by the message we have sent you."


@dataclass(eq=False, kw_only=True)
class SecondFactorRequired(Refusal):
    """The password is right, but the account asks for a second factor: give one by confirmSecondFactor."""

    text = "This account asks for a second factor."
    totp: bool = dataclass_field(metadata={"description": "Whether the code of an app will do."})
    passkey: bool = dataclass_field(metadata={"description": "Whether a passkey will do."})
    recovery_code: bool = dataclass_field(metadata={"description": "Whether a recovery code will do."})


@dataclass(eq=False, kw_only=True)
class SecondFactorMissing(Refusal):
    """The password is right, but staff need a second factor: set one up by startSecondFactor."""

    text = "Staff sign in with a second factor. Please set one up now."


@dataclass(eq=False, kw_only=True)
class SecondFactorKept(Refusal):
    """Staff keep at least one second factor; add another before this one goes."""

    text = "Staff keep at least one second factor: add another one first."
    field: str | None = "factor"


@dataclass(eq=False, kw_only=True)
class InvalidCode(Refusal):
    """The code or the passkey is wrong, too old, or was used already."""

    text = "This code is wrong, too old, or was used already."
    field: str | None = "code"


@dataclass(eq=False, kw_only=True)
class ExpiredKey(Refusal):
    """The key from the mail was used already, is too old, or never was one."""

    text = "This link is no longer valid: it was used already, or it is too old."
    field: str | None = "key"


@dataclass(eq=False, kw_only=True)
class WeakPassword(Refusal):
    """The password is too short, too common, or too much like the account's own details."""

    text = "{advice}"
    advice: str
    field: str | None = "password"


@dataclass(eq=False, kw_only=True)
class SignInRequired(Refusal):
    """Only a signed-in user may do this."""

    text = "Please sign in first."


@dataclass(eq=False, kw_only=True)
class RecentSignInRequired(Refusal):
    """You signed in too long ago for this: show once more that it is you, by confirmSignIn."""

    text = "Please confirm that it is you: you signed in a while ago."


@dataclass(eq=False, kw_only=True)
class AccountInUse(Refusal):
    """The account cannot be deleted yet; `use` says what is still open."""

    text = "The account cannot be deleted while it has {use}."
    use: str


@dataclass(eq=False, kw_only=True)
class AddressBookFull(Refusal):
    """The address book holds as many addresses as it may; delete one first."""

    text = "The address book holds {limit} addresses at most."
    limit: int


@dataclass(eq=False, kw_only=True)
class CardNotKept(Refusal):
    """The payment provider keeps no card of this setup yet; `declineCode` says why where the bank refused."""

    text = "The card is not kept: {status}."
    status: str
    decline_code: str


@dataclass(eq=False, kw_only=True)
class PaymentsSilent(Refusal):
    """The payment provider does not answer as it should; the same request may be sent again."""

    text = "The payment provider does not answer. Try again in a moment."
