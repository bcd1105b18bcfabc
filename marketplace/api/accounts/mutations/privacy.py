"""One's own data, and its end."""

from typing import Annotated

import strawberry
from django.middleware.csrf import get_token

from marketplace.accounts.errors import (
    AccountInUse,
    EmailNotVerified,
    InvalidCode,
    InvalidCredentials,
    SecondFactorRequired,
    SignInRequired,
)
from marketplace.accounts.models import DataExport
from marketplace.accounts.operations import privacy
from marketplace.api import fields
from marketplace.api.accounts.inputs import DeleteAccountInput, RequestDataExportInput, as_credential
from marketplace.api.accounts.types import DataExportType
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.kernel.errors import RateLimited


@strawberry.type(description="Your data is being gathered; a message tells when it is there.")
class RequestDataExportSuccess:
    row: strawberry.Private[DataExport]

    @fields.field(DataExportType, description="The export, in the place of the one before.")
    def data_export(self) -> DataExport:
        return self.row


@strawberry.type(description="The account is deleted, and nobody is signed in here.")
class DeleteAccountSuccess:
    @fields.field(description="The token for the next requests.")
    def csrf_token(self, info: Info) -> str:
        return get_token(info.context.request)


@strawberry.type
class Mutation:
    @fields.mutation(
        SignInRequired,
        InvalidCredentials,
        EmailNotVerified,
        SecondFactorRequired,
        InvalidCode,
        RateLimited,
        description="Have all that is kept about you gathered; it is in viewer.dataExport when it is ready.",
    )
    def request_data_export(
        self, info: Info, input: Annotated[RequestDataExportInput, INPUT]
    ) -> RequestDataExportSuccess:
        export = privacy.request_export(
            request=info.context.request,
            user=info.context.demand_user(),
            password=input.password,
            code=input.code,
            passkey=as_credential(input.passkey),
        )
        return RequestDataExportSuccess(row=export)

    @fields.mutation(
        SignInRequired,
        InvalidCredentials,
        EmailNotVerified,
        SecondFactorRequired,
        InvalidCode,
        AccountInUse,
        RateLimited,
        description="Delete your account. What the books need stays without you; your address is free.",
    )
    def delete_account(self, info: Info, input: Annotated[DeleteAccountInput, INPUT]) -> DeleteAccountSuccess:
        privacy.delete_account(
            request=info.context.request,
            user=info.context.demand_user(),
            password=input.password,
            code=input.code,
            passkey=as_credential(input.passkey),
        )
        return DeleteAccountSuccess()
