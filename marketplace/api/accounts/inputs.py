"""What the mutations on accounts take."""

from enum import Enum
from typing import Any

import strawberry
from strawberry.scalars import JSON

from marketplace.accounts.factors import FactorKind
from marketplace.accounts.models import AddressType
from marketplace.kernel.errors import InvalidInput

CODE = "A code of your app, or a recovery code, where signing in asks for more."
PASSKEY = "What the browser answered to the challenge, as PublicKeyCredential's toJSON has it."


@strawberry.input(description="A new account.")
class SignUpInput:
    email: str = strawberry.field(description="Your e-mail address; the key to confirm it goes there.")
    password: str = strawberry.field(description="What you will sign in with: 8 characters or more.")
    name: str = strawberry.field(default="", description="What we may call you.")


@strawberry.input(description="Your way in.")
class LogInInput:
    email: str = strawberry.field(description="Your e-mail address.")
    password: str = strawberry.field(description="Your password.")


@strawberry.input(description="Your way out.")
class LogOutInput:
    everywhere: bool = strawberry.field(
        default=False, description="Whether your sessions in other browsers end too."
    )


@strawberry.input(description="Show that an e-mail address is yours.")
class VerifyEmailInput:
    key: str = strawberry.field(description="The key from the link in our mail.")


@strawberry.input(description="Ask for a key to choose a new password.")
class RequestPasswordResetInput:
    email: str = strawberry.field(description="The e-mail address of your account.")


@strawberry.input(description="Choose a new password.")
class ResetPasswordInput:
    key: str = strawberry.field(description="The key from the link in our mail.")
    password: str = strawberry.field(description="What you will sign in with: 8 characters or more.")


@strawberry.input(description="Show that it is you.")
class ConfirmSignInInput:
    password: str = strawberry.field(description="Your password.")
    code: str | None = strawberry.field(default=None, description=CODE)
    passkey: JSON | None = strawberry.field(default=None, description=PASSKEY)


@strawberry.input(description="Your second factor: one of the two.")
class ConfirmSecondFactorInput:
    code: str | None = strawberry.field(default=None, description="A code of your app, or a recovery code.")
    passkey: JSON | None = strawberry.field(default=None, description=PASSKEY)


class ChallengePurpose(Enum):
    SIGN_IN = "sign_in"
    CONFIRM = "confirm"


strawberry.enum(ChallengePurpose, description="What a passkey is asked for.")


@strawberry.input(description="Ask for something to sign with a passkey.")
class RequestPasskeyChallengeInput:
    purpose: ChallengePurpose = strawberry.field(
        default=ChallengePurpose.SIGN_IN, description="What the answer is for."
    )


@strawberry.input(description="Begin to set up a second factor.")
class StartSecondFactorInput:
    kind: FactorKind = strawberry.field(description="What it will be.")


@strawberry.input(description="Show that what was begun works: by a code, or by what the browser answered.")
class AddSecondFactorInput:
    code: str | None = strawberry.field(default=None, description="The code the app shows now.")
    passkey: JSON | None = strawberry.field(default=None, description=PASSKEY)
    name: str = strawberry.field(default="", description="What you call the passkey.")


@strawberry.input(description="Take a second factor away.")
class RemoveSecondFactorInput:
    factor: strawberry.ID = strawberry.field(description="The factor.")


@strawberry.input(description="Have other recovery codes.")
class ResetRecoveryCodesInput:
    code: str | None = strawberry.field(
        default=None, description="A code of your app; needed where you signed in a while ago."
    )


@strawberry.input(description="Choose another password.")
class ChangePasswordInput:
    password: str = strawberry.field(description="What you will sign in with: 8 characters or more.")


@strawberry.input(description="Move to another e-mail address.")
class ChangeEmailInput:
    email: str = strawberry.field(description="The new address; the key to confirm it goes there.")


@strawberry.input(description="Sign out elsewhere.")
class RevokeSessionsInput:
    session: strawberry.ID | None = strawberry.field(
        default=None, description="The session to end; all but this one if absent."
    )


@strawberry.input(description="An address, new or changed: all of it, what is left out becomes empty.")
class SaveAddressInput:
    address: strawberry.ID | None = strawberry.field(
        default=None, description="The address to change; new if absent."
    )
    address_type: AddressType = strawberry.field(description="What it is for.")
    name: str = strawberry.field(description="Who lives or works there.")
    line1: str = strawberry.field(description="Street and number, or whatever names the place.")
    line2: str = strawberry.field(default="", description="Floor, company, care of ...")
    city: str = strawberry.field(description="City, town or village.")
    state: str = strawberry.field(default="", description="State, province or county.")
    postal_code: str = strawberry.field(default="", description="Postal code.")
    country: str = strawberry.field(description="ISO 3166-1 alpha-2 code of the country.")
    phone: str = strawberry.field(default="", description="For the carrier.")
    is_default: bool = strawberry.field(
        default=False, description="Whether it becomes the one to propose; the first of a type does anyway."
    )


@strawberry.input(description="Take an address out of your book.")
class DeleteAddressInput:
    address: strawberry.ID = strawberry.field(description="The address.")


@strawberry.input(description="Begin to keep a card with the payment provider.")
class StartCardInput:
    idempotency_key: str | None = strawberry.field(
        default=None, description="A key of your own: the same one again answers the same setup."
    )


@strawberry.input(description="Keep the card that your browser has told the payment provider.")
class SaveCardInput:
    setup: strawberry.ID = strawberry.field(description="What startCard answered.")


@strawberry.input(description="Take one of your cards off.")
class DeleteCardInput:
    payment_method: strawberry.ID = strawberry.field(description="The card.")


@strawberry.input(description="Choose one of your cards to be proposed.")
class SetDefaultCardInput:
    payment_method: strawberry.ID = strawberry.field(description="The card.")


@strawberry.input(description="Have all that is kept about you gathered; show that it is you.")
class RequestDataExportInput:
    password: str = strawberry.field(description="Your password.")
    code: str | None = strawberry.field(default=None, description=CODE)
    passkey: JSON | None = strawberry.field(default=None, description=PASSKEY)


@strawberry.input(description="Delete your account; show that it is you.")
class DeleteAccountInput:
    password: str = strawberry.field(description="Your password.")
    code: str | None = strawberry.field(default=None, description=CODE)
    passkey: JSON | None = strawberry.field(default=None, description=PASSKEY)


def as_credential(given: object) -> dict[str, Any] | None:
    """The answer of a browser. Raises InvalidInput for what none sends."""
    if given is None or isinstance(given, dict):
        return given
    raise InvalidInput(field="passkey", reason="This is not what a browser answers.")
