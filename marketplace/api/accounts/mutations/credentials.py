"""What one signs in by, and where one is signed in."""

from typing import Annotated

import strawberry
from django.db.models import QuerySet
from django.middleware.csrf import get_token

from marketplace.accounts import selectors
from marketplace.accounts.errors import (
    EmailNotVerified,
    InvalidCode,
    InvalidCredentials,
    RecentSignInRequired,
    SecondFactorRequired,
    SignInRequired,
    WeakPassword,
)
from marketplace.accounts.models import UserSession
from marketplace.accounts.operations import credentials, sessions
from marketplace.api import fields
from marketplace.api.accounts.inputs import (
    ChangeEmailInput,
    ChangePasswordInput,
    ConfirmSignInInput,
    RevokeSessionsInput,
    as_credential,
)
from marketplace.api.accounts.types import SessionNode
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.scalars import decode_key
from marketplace.kernel.errors import InvalidInput, NotFound, RateLimited


@strawberry.type(description="It is you; what asks for a recent sign-in is open for a while.")
class ConfirmSignInSuccess:
    email: str = strawberry.field(description="Who you are here.")


@strawberry.type(description="The password is another one; you are signed in here and nowhere else.")
class ChangePasswordSuccess:
    @fields.field(description="The token for the next requests; the one before is no longer good.")
    def csrf_token(self, info: Info) -> str:
        return get_token(info.context.request)


@strawberry.type(
    description="A message is on its way to the new address; nothing changes until it is confirmed."
)
class ChangeEmailSuccess:
    email: str = strawberry.field(description="Where the message goes, in the spelling we keep.")


@strawberry.type(description="These sessions have ended.")
class RevokeSessionsSuccess:
    @fields.connection(SessionNode, description="Where you are still signed in.")
    def sessions(self, info: Info) -> "QuerySet[UserSession]":
        return selectors.sessions_of(info.context.demand_user())


@strawberry.type
class Mutation:
    @fields.mutation(
        SignInRequired,
        InvalidCredentials,
        EmailNotVerified,
        SecondFactorRequired,
        InvalidCode,
        RateLimited,
        description="Show once more that it is you, for what asks for a recent sign-in.",
    )
    def confirm_sign_in(
        self, info: Info, input: Annotated[ConfirmSignInInput, INPUT]
    ) -> ConfirmSignInSuccess:
        user = info.context.demand_user()
        credentials.confirm_sign_in(
            request=info.context.request,
            user=user,
            password=input.password,
            code=input.code,
            passkey=as_credential(input.passkey),
        )
        return ConfirmSignInSuccess(email=user.email)

    @fields.mutation(
        SignInRequired,
        RecentSignInRequired,
        WeakPassword,
        description="Choose another password; every other session ends. Asks for a recent sign-in.",
    )
    def change_password(
        self, info: Info, input: Annotated[ChangePasswordInput, INPUT]
    ) -> ChangePasswordSuccess:
        user = info.context.demand_user()
        credentials.change_password(request=info.context.request, user=user, password=input.password)
        return ChangePasswordSuccess()

    @fields.mutation(
        SignInRequired,
        RecentSignInRequired,
        InvalidInput,
        RateLimited,
        description="Have a key mailed to another address; verifyEmail with that key makes it yours. "
        "Asks for a recent sign-in.",
    )
    def change_email(self, info: Info, input: Annotated[ChangeEmailInput, INPUT]) -> ChangeEmailSuccess:
        user = info.context.demand_user()
        email = credentials.request_email_change(request=info.context.request, user=user, email=input.email)
        return ChangeEmailSuccess(email=email)

    @fields.mutation(
        SignInRequired, InvalidInput, NotFound, description="Sign out in another browser, or in all others."
    )
    def revoke_sessions(
        self, info: Info, input: Annotated[RevokeSessionsInput, INPUT]
    ) -> RevokeSessionsSuccess:
        user = info.context.demand_user()
        if input.session is None:
            sessions.end_other_sessions(request=info.context.request, user=user)
        else:
            session_id = decode_key(input.session, "Session", field="session")
            sessions.end_session(user=user, session_id=session_id)
        return RevokeSessionsSuccess()
