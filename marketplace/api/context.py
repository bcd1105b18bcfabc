"""What a resolver knows about the request: `info.context`."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import strawberry
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse

from catalog.selectors.categories import product_counts
from marketplace.accounts.errors import SignInRequired
from marketplace.accounts.models import User
from marketplace.accounts.viewing import Viewing, viewing_of
from marketplace.kernel.client_address import client_address
from vendors.errors import NotPermitted
from vendors.models import KeyVisitor
from vendors.permissions import VendorPermission
from vendors.selectors import Visitor, permissions_by_vendor, vendors_of


@dataclass
class Context:
    """One request; `response` collects what resolvers set."""

    request: HttpRequest
    response: HttpResponse = field(default_factory=HttpResponse)
    # Who came with an API key of a vendor: then nobody is signed in, whatever cookies came along.
    key: KeyVisitor | None = None

    @cached_property
    def permissions(self) -> dict[int, frozenset[VendorPermission]]:
        """What the visitor may do, by the key of the vendor; asked once, for all vendors together."""
        return permissions_by_vendor(self.visitor)

    @property
    def visitor(self) -> Visitor:
        """Who asks, signed in or not. Costs two queries when it is first asked with a session, else none."""
        return self.key or self.request.user

    @property
    def user(self) -> User | None:
        """Who is signed in; None for everyone else, keys too."""
        visitor = self.visitor
        return visitor if isinstance(visitor, User) else None

    @property
    def staff(self) -> User | None:
        """Who asks, if they are of the platform's staff, whatever their role; None for everyone else."""
        return self.user if self.user and self.user.is_staff else None

    def staff_who_may(self, permission: str) -> User | None:
        """Who asks, if they are of the platform's staff and their role has the permission; else None.

        The first call costs two statements, none for superusers.
        """
        staff = self.staff
        return staff if staff is not None and staff.has_perm(permission) else None

    def demand_staff(self, permission: str) -> User:
        """The same; raises NotPermitted for everyone else."""
        staff = self.staff_who_may(permission)
        if staff is None:
            raise NotPermitted(permission=permission)
        return staff

    @property
    def client(self) -> str:
        """The address that the request comes from, as far as it can be trusted."""
        return client_address(self.request.META, trusted_proxies=settings.TRUSTED_PROXIES)

    @property
    def viewing(self) -> Viewing | None:
        """How a member of the staff looks as the user: to read, and nothing that opens doors."""
        return viewing_of(self.request)

    @property
    def actor(self) -> User | None:
        """Who answers for what is done on a vendor: who is signed in, or who made the key."""
        return self.key.maker if self.key else self.user

    def demand_actor(self) -> User:
        """Who answers for what is done on a vendor; raises SignInRequired where nobody does."""
        actor = self.actor
        if actor is None:
            raise SignInRequired
        return actor

    def demand_user(self) -> User:
        """Who is signed in; raises SignInRequired for everyone else."""
        user = self.user
        if user is None:
            raise SignInRequired
        return user

    @cached_property
    def finance_vendors(self) -> frozenset[int]:
        """The keys of the vendors whose finances the visitor may see; asked once, for lists of vendors."""
        theirs = vendors_of(self.visitor, VendorPermission.VIEW_FINANCES)
        return frozenset(theirs.values_list("pk", flat=True))

    @cached_property
    def product_counts(self) -> dict[str, int]:
        """How many products can be bought in each category and below it, by its path; asked once for all."""
        return product_counts()

    @property
    def may_introspect(self) -> bool:
        """Whether the request may read the schema and send free queries by GET: staff, or anyone in DEBUG."""
        return settings.DEBUG or (self.user is not None and self.user.is_staff)

    @property
    def session(self) -> SessionBase:
        """The session of the browser, made when it is first written; a key has one that nobody keeps."""
        return self.request.session if self.key is None else self._unkept_session

    @cached_property
    def _unkept_session(self) -> SessionBase:
        return type(self.request.session)()


Info: TypeAlias = strawberry.Info[Context, Any]
