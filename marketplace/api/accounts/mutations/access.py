"""Coming in and going out."""

from typing import Annotated

import strawberry
from django.conf import settings
from django.middleware.csrf import get_token

from checkout.operations.merging import merge_carts
from marketplace.accounts.errors import (
    EmailNotVerified,
    ExpiredKey,
    InvalidCredentials,
    SecondFactorMissing,
    SecondFactorRequired,
    WeakPassword,
)
from marketplace.accounts.models import User
from marketplace.accounts.operations import access
from marketplace.api import fields
from marketplace.api.accounts.inputs import (
    LogInInput,
    LogOutInput,
    RequestPasswordResetInput,
    ResetPasswordInput,
    SignUpInput,
    VerifyEmailInput,
)
from marketplace.api.accounts.types import UserType
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.community.operations.wishlists import merge_wishlists
from marketplace.kernel.client_address import client_address
from marketplace.kernel.errors import InvalidInput, RateLimited


@strawberry.type(description="A message is on its way to the address, whether it was known or not.")
class SignUpSuccess:
    email: str = strawberry.field(description="Where the message goes, in the spelling we keep.")


@strawberry.type(description="You are signed in.")
class LogInSuccess:
    row: strawberry.Private[User]

    @fields.field(UserType, description="You.")
    def user(self) -> User:
        return self.row

    @fields.field(description="The token for the next requests; the one before is no longer good.")
    def csrf_token(self, info: Info) -> str:
        return get_token(info.context.request)


@strawberry.type(description="Nobody is signed in here.")
class LogOutSuccess:
    @fields.field(description="The token for the next requests.")
    def csrf_token(self, info: Info) -> str:
        return get_token(info.context.request)


@strawberry.type(description="The address is confirmed; its owner may sign in.")
class VerifyEmailSuccess:
    email: str = strawberry.field(description="The address.")


@strawberry.type(description="If the address has an account, a message is on its way there.")
class RequestPasswordResetSuccess:
    email: str = strawberry.field(description="The address, in the spelling we keep.")


@strawberry.type(description="The password is another one, and every session has ended.")
class ResetPasswordSuccess:
    email: str = strawberry.field(description="The address to sign in with.")


@strawberry.type
class Mutation:
    @fields.mutation(
        InvalidInput,
        WeakPassword,
        RateLimited,
        description="Make an account. It opens when its e-mail address is confirmed; nobody is signed in.",
    )
    def sign_up(self, info: Info, input: Annotated[SignUpInput, INPUT]) -> SignUpSuccess:
        email = access.sign_up(
            email=input.email, password=input.password, name=input.name, client=_client(info)
        )
        return SignUpSuccess(email=email)

    @fields.mutation(ExpiredKey, description="Confirm an e-mail address by the key we mailed there.")
    def verify_email(self, input: Annotated[VerifyEmailInput, INPUT]) -> VerifyEmailSuccess:
        return VerifyEmailSuccess(email=access.verify_email(key=input.key).email)

    @fields.mutation(
        InvalidInput,
        InvalidCredentials,
        EmailNotVerified,
        SecondFactorRequired,
        SecondFactorMissing,
        RateLimited,
        description="Sign in; the session goes on under a new key, and its cart is put into yours. Where an "
        "account asks for more, the session remembers it for a while: go on by confirmSecondFactor.",
    )
    def log_in(self, info: Info, input: Annotated[LogInInput, INPUT]) -> LogInSuccess:
        request = info.context.request
        user = access.log_in(request=request, email=input.email, password=input.password)
        merge_carts(session=request.session, user=user)
        merge_wishlists(session=request.session, user=user)
        return LogInSuccess(row=user)

    @fields.mutation(description="Sign out; the session is emptied.")
    def log_out(self, info: Info, input: Annotated[LogOutInput, INPUT]) -> LogOutSuccess:
        access.log_out(request=info.context.request, everywhere=input.everywhere)
        return LogOutSuccess()

    @fields.mutation(
        InvalidInput, RateLimited, description="Have a key mailed to your address, to choose a new password."
    )
    def request_password_reset(
        self, info: Info, input: Annotated[RequestPasswordResetInput, INPUT]
    ) -> RequestPasswordResetSuccess:
        email = access.request_password_reset(email=input.email, client=_client(info))
        return RequestPasswordResetSuccess(email=email)

    @fields.mutation(ExpiredKey, WeakPassword, description="Choose a new password by the key we mailed you.")
    def reset_password(self, input: Annotated[ResetPasswordInput, INPUT]) -> ResetPasswordSuccess:
        return ResetPasswordSuccess(email=access.reset_password(key=input.key, password=input.password).email)


def _client(info: Info) -> str:
    return client_address(info.context.request.META, trusted_proxies=settings.TRUSTED_PROXIES)
