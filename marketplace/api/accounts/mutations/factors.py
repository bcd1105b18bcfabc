"""Second factors: the second step of signing in, and what belongs to it."""

from typing import Annotated

import strawberry
from django.middleware.csrf import get_token
from strawberry.scalars import JSON

from checkout.operations.merging import merge_carts
from marketplace.accounts import authentication
from marketplace.accounts.errors import (
    InvalidCode,
    RecentSignInRequired,
    SecondFactorKept,
    SecondFactorRequired,
    SignInRequired,
)
from marketplace.accounts.factors import Factor, FactorKind, factors_of, passkey_challenge, qr_code
from marketplace.accounts.models import User
from marketplace.accounts.operations import factors
from marketplace.api import fields
from marketplace.api.accounts.inputs import (
    AddSecondFactorInput,
    ChallengePurpose,
    ConfirmSecondFactorInput,
    RemoveSecondFactorInput,
    RequestPasskeyChallengeInput,
    ResetRecoveryCodesInput,
    StartSecondFactorInput,
    as_credential,
)
from marketplace.api.accounts.types import SecondFactorType, UserType
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.scalars import decode_key
from marketplace.community.operations.wishlists import merge_wishlists
from marketplace.kernel.errors import InvalidInput, NotFound, RateLimited


@strawberry.type(description="You are signed in.")
class ConfirmSecondFactorSuccess:
    row: strawberry.Private[User]

    @fields.field(UserType, description="You.")
    def user(self) -> User:
        return self.row

    @fields.field(description="The token for the next requests; the one before is no longer good.")
    def csrf_token(self, info: Info) -> str:
        return get_token(info.context.request)


@strawberry.type(description="What a browser is to sign.")
class RequestPasskeyChallengeSuccess:
    options: JSON = strawberry.field(
        description="What navigator.credentials.get takes as publicKey, as PublicKeyCredential's JSON has it."
    )


@strawberry.type(description="What to set up; addSecondFactor makes it yours.")
class StartSecondFactorSuccess:
    secret: str | None = strawberry.field(description="Of an app: what to type into it.")
    uri: str | None = strawberry.field(description="Of an app: the address that opens it.")
    qr_code: str | None = strawberry.field(description="Of an app: that address as a picture, a data URL.")
    options: JSON | None = strawberry.field(
        description="Of a passkey: what navigator.credentials.create takes as publicKey, as JSON."
    )


@strawberry.type(description="The factor is yours, and you are signed in.")
class AddSecondFactorSuccess:
    row: strawberry.Private[User]
    recovery_codes: list[str] = strawberry.field(
        description="One use each, for when the factor is lost; told this once. Empty if you have some."
    )

    @fields.field(UserType, description="You.")
    def user(self) -> User:
        return self.row

    @fields.field(description="The token for the next requests.")
    def csrf_token(self, info: Info) -> str:
        return get_token(info.context.request)


@strawberry.type(description="The factor is gone.")
class RemoveSecondFactorSuccess:
    @fields.field(list[SecondFactorType], description="Your second factors.")
    def second_factors(self, info: Info) -> list[Factor]:
        return factors_of(info.context.demand_user())


@strawberry.type(description="Other recovery codes in the place of those before.")
class ResetRecoveryCodesSuccess:
    recovery_codes: list[str] = strawberry.field(description="One use each; told this once.")


@strawberry.type
class Mutation:
    @fields.mutation(
        SignInRequired,
        SecondFactorRequired,
        InvalidCode,
        RateLimited,
        description="The second step of signing in, after logIn answered SecondFactorRequiredError: a code "
        "or a passkey. The session goes on under a new key, and its cart is put into yours.",
    )
    def confirm_second_factor(
        self, info: Info, input: Annotated[ConfirmSecondFactorInput, INPUT]
    ) -> ConfirmSecondFactorSuccess:
        request = info.context.request
        user = factors.confirm_second_factor(
            request=request, code=input.code, passkey=as_credential(input.passkey)
        )
        merge_carts(session=request.session, user=user)
        merge_wishlists(session=request.session, user=user)
        return ConfirmSecondFactorSuccess(row=user)

    @fields.mutation(
        SignInRequired, description="Have a challenge for one of your passkeys; it is good once."
    )
    def request_passkey_challenge(
        self, info: Info, input: Annotated[RequestPasskeyChallengeInput, INPUT]
    ) -> RequestPasskeyChallengeSuccess:
        request = info.context.request
        if input.purpose is ChallengePurpose.SIGN_IN:
            options = factors.challenge(request=request)
        else:
            options = passkey_challenge(request, info.context.demand_user())
        return RequestPasskeyChallengeSuccess(options=JSON(options))

    @fields.mutation(
        SignInRequired,
        RecentSignInRequired,
        SecondFactorRequired,
        InvalidInput,
        description="Begin to set up a second factor. Asks for a recent sign-in, or for the password just "
        "given by staff who have none yet.",
    )
    def start_second_factor(
        self, info: Info, input: Annotated[StartSecondFactorInput, INPUT]
    ) -> StartSecondFactorSuccess:
        request = info.context.request
        if input.kind is FactorKind.PASSKEY:
            options = JSON(factors.start_passkey(request=request))
            return StartSecondFactorSuccess(secret=None, uri=None, qr_code=None, options=options)
        secret, uri = factors.start_totp(request=request)
        return StartSecondFactorSuccess(secret=secret, uri=uri, qr_code=qr_code(uri), options=None)

    @fields.mutation(
        SignInRequired,
        RecentSignInRequired,
        SecondFactorRequired,
        InvalidCode,
        InvalidInput,
        RateLimited,
        description="Make what startSecondFactor began a second factor of yours; from then on signing in "
        "asks for it.",
    )
    def add_second_factor(
        self, info: Info, input: Annotated[AddSecondFactorInput, INPUT]
    ) -> AddSecondFactorSuccess:
        request = info.context.request
        user, codes = factors.add(
            request=request, code=input.code, passkey=as_credential(input.passkey), name=input.name
        )
        merge_carts(session=request.session, user=user)
        merge_wishlists(session=request.session, user=user)
        return AddSecondFactorSuccess(row=user, recovery_codes=codes)

    @fields.mutation(
        SignInRequired,
        RecentSignInRequired,
        SecondFactorKept,
        NotFound,
        InvalidInput,
        description="Take a second factor away. Asks for a recent sign-in, second factor included.",
    )
    def remove_second_factor(
        self, info: Info, input: Annotated[RemoveSecondFactorInput, INPUT]
    ) -> RemoveSecondFactorSuccess:
        factors.remove(
            request=info.context.request,
            user=info.context.demand_user(),
            factor_id=decode_key(input.factor, "SecondFactor", field="factor"),
        )
        return RemoveSecondFactorSuccess()

    @fields.mutation(
        SignInRequired,
        RecentSignInRequired,
        NotFound,
        InvalidCode,
        RateLimited,
        description="Have other recovery codes; those before are void. Asks for a recent sign-in, second "
        "factor included, or for a code.",
    )
    def reset_recovery_codes(
        self, info: Info, input: Annotated[ResetRecoveryCodesInput, INPUT]
    ) -> ResetRecoveryCodesSuccess:
        request, user = info.context.request, info.context.demand_user()
        if input.code:
            factors.give(request=request, user=user, code=input.code, passkey=None)
            authentication.note_proof(request)
        return ResetRecoveryCodesSuccess(
            recovery_codes=factors.reset_recovery_codes(request=request, user=user)
        )
