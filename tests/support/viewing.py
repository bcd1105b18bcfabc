"""A member of the staff who looks as a user, by the console as people do."""

from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from marketplace.accounts.models import User
from tests.factories.accounts import UserFactory
from tests.support.graphql import GraphQL


def supporter() -> User:
    """Staff who may see accounts, and look as users."""
    staff: User = UserFactory.create(is_staff=True)
    names = ("view_user", "view_as_user")
    staff.user_permissions.set(
        Permission.objects.filter(codename__in=names, content_type__app_label="accounts")
    )
    return staff


def begin(client: Client, user: User, *, reason: str = "Cannot find the order") -> int:
    """Ask to look as the user; the status of the answer."""
    address = reverse("admin:accounts_user_view_as", args=[user.pk])
    return client.post(address, {"reason": reason}).status_code


def looking(user: User) -> Client:
    """The browser of somebody who looks as the user."""
    client = Client()
    client.force_login(supporter())
    assert begin(client, user) == 302
    return client


def asking(user: User) -> GraphQL:
    """The same browser, as it asks the API."""
    made = GraphQL()
    token = made.http.cookies["csrftoken"].value
    made.http = looking(user)
    made.http.cookies["csrftoken"] = token
    return made
