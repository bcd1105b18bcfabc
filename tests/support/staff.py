"""Members of the platform's staff, by role, and what they see of the console."""

from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.test import Client

from marketplace.accounts.models import User
from tests.factories.accounts import UserFactory


def with_role(role: str) -> User:
    """A member of the staff in this role."""
    user: User = UserFactory.create(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def signed_in(role: str) -> Client:
    """The browser of a member of the staff in this role."""
    client = Client()
    client.force_login(with_role(role))
    return client


def said(client: Client, address: str, **given: str) -> list[str]:
    """What the console says after a form was sent to a page."""
    response = client.post(address, given)
    found = [str(message) for message in get_messages(response.wsgi_request)]
    client.cookies.pop("messages", None)  # read
    return found
