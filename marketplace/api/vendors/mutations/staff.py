"""What is done about the people who work for a vendor."""

from typing import Annotated

import strawberry

from marketplace.accounts.errors import ExpiredKey, SignInRequired
from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.scalars import decode_key
from marketplace.api.vendor_account import VendorAccount
from marketplace.api.vendors.inputs import (
    AcceptInvitationInput,
    ChangeMemberRoleInput,
    InviteVendorMemberInput,
    RemoveVendorMemberInput,
    RevokeInvitationInput,
)
from marketplace.api.vendors.mutations.answers import VendorSuccess
from marketplace.api.vendors.types import VendorInvitationType, VendorMemberType, own_vendor
from marketplace.kernel import rates
from marketplace.kernel.errors import NotFound, RateLimited
from vendors import selectors
from vendors.errors import AlreadyMember, LastOwner, NotPermitted, WrongAddressee
from vendors.models import Vendor, VendorInvitation, VendorMember
from vendors.operations import invitations, members
from vendors.permissions import VendorPermission


@strawberry.type(description="The link is on its way, whether the address has an account or not.")
class InviteVendorMemberSuccess:
    row: strawberry.Private[VendorInvitation]

    @fields.field(VendorInvitationType, description="Who was asked.")
    def invitation(self, info: Info) -> VendorInvitation:
        return fields.refetch(self.row, info)


@strawberry.type(description="The member as it is now.")
class ChangeMemberRoleSuccess:
    row: strawberry.Private[VendorMember]

    @fields.field(VendorMemberType, description="The member as it is now.")
    def member(self, info: Info) -> VendorMember:
        return fields.refetch(self.row, info)


@strawberry.type(description="They no longer work here.")
class RemoveVendorMemberSuccess:
    row: strawberry.Private[Vendor]

    @fields.field(VendorAccount | None, description="The vendor; null where it was you who left.")
    def vendor(self, info: Info) -> Vendor | None:
        return fields.fetch(selectors.vendors_of(info.context.visitor).filter(pk=self.row.pk), info)


@strawberry.type
class Mutation:
    @fields.mutation(
        NotFound,
        NotPermitted,
        SignInRequired,
        AlreadyMember,
        RateLimited,
        description="Ask somebody by mail to work for your vendor; a second time sends a new link.",
    )
    def invite_vendor_member(
        self, info: Info, input: Annotated[InviteVendorMemberInput, INPUT]
    ) -> InviteVendorMemberSuccess:
        vendor = own_vendor(input.vendor, VendorPermission.MANAGE_MEMBERS, info)
        selectors.require_grantable(info.context.visitor, input.role, vendor)
        actor = info.context.demand_user()
        rates.hit(invitations.INVITE_BY_USER, str(actor.pk))
        invitation = invitations.invite(vendor=vendor, email=input.email, role=input.role, actor=actor)
        return InviteVendorMemberSuccess(row=invitation)

    @fields.mutation(
        NotFound, NotPermitted, SignInRequired, description="Take an invitation back; its link ends."
    )
    def revoke_invitation(
        self, info: Info, input: Annotated[RevokeInvitationInput, INPUT]
    ) -> InviteVendorMemberSuccess:
        key = decode_key(input.invitation, "VendorInvitation", field="invitation")
        found = selectors.invitation_for(info.context.visitor, key)
        actor = info.context.demand_user()
        return InviteVendorMemberSuccess(row=invitations.revoke_invitation(invitation=found, actor=actor))

    @fields.mutation(
        SignInRequired,
        ExpiredKey,
        WrongAddressee,
        AlreadyMember,
        description="Take up an invitation, signed in with the address it was sent to.",
    )
    def accept_invitation(self, info: Info, input: Annotated[AcceptInvitationInput, INPUT]) -> VendorSuccess:
        member = invitations.accept(key=input.key, user=info.context.demand_user())
        return VendorSuccess(row=member.vendor)

    @fields.mutation(
        NotFound, NotPermitted, SignInRequired, LastOwner, description="Give a member another role."
    )
    def change_member_role(
        self, info: Info, input: Annotated[ChangeMemberRoleInput, INPUT]
    ) -> ChangeMemberRoleSuccess:
        member = selectors.member_for(info.context.visitor, _member_key(input.member))
        selectors.require_grantable(info.context.visitor, input.role, member.vendor)
        changed = members.change_role(
            vendor=member.vendor,
            user=member.user,
            role=input.role,
            actor=info.context.demand_user(),
        )
        return ChangeMemberRoleSuccess(row=changed)

    @fields.mutation(
        NotFound,
        NotPermitted,
        SignInRequired,
        LastOwner,
        description="End somebody's work for your vendor, or your own.",
    )
    def remove_vendor_member(
        self, info: Info, input: Annotated[RemoveVendorMemberInput, INPUT]
    ) -> RemoveVendorMemberSuccess:
        member = selectors.member_for(info.context.visitor, _member_key(input.member), may_be_self=True)
        actor = info.context.demand_user()
        members.remove_member(vendor=member.vendor, user=member.user, actor=actor)
        return RemoveVendorMemberSuccess(row=member.vendor)


def _member_key(identifier: str) -> int:
    return decode_key(identifier, "VendorMember", field="member")
