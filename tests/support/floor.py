"""A small schema on the floor of the API, for what no package shows: bugs, refusals, endless nesting.

It is an URLconf too: `@pytest.mark.urls("tests.support.floor")` serves it at /graphql/.
"""

from decimal import Decimal
from typing import Any

import strawberry
import strawberry_django
from django.contrib.auth.models import Group
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db.models import F, FloatField, QuerySet
from django.db.models.functions import Cast
from django.middleware.csrf import get_token
from django.urls import path
from strawberry import relay
from strawberry.schema.config import StrawberryConfig

from marketplace.accounts.models import User
from marketplace.api import nodes
from marketplace.api.connections import Connection
from marketplace.api.context import Info
from marketplace.api.errors import RequestError
from marketplace.api.execution import EXTENSIONS, Schema
from marketplace.api.fields import connection, field, mutation, related
from marketplace.api.http import endpoint
from marketplace.kernel.errors import CurrencyMismatch, InvalidInput, NotFound, RateLimited

ORDERS: dict[str, tuple[Any, ...]] = {
    "email": ("email",),
    "newest": ("-created_at", "pk"),
    "last login": ("last_login",),
    "last login, backwards": ("-last_login",),
    "last login, none first": (F("last_login").asc(nulls_first=True),),
    "last login, none last": (F("last_login").desc(nulls_last=True),),
    "name, newest": ("name", "-created_at"),
    "rank": ("-rank", "pk"),
    "nothing": (),
}


@strawberry_django.type(Group, name="Crew", description="A team, as its people see it.")
class Crew(relay.Node):
    name: str = strawberry_django.field(description="What it is called.")


@strawberry_django.type(User, name="Person", description="A person.")
class Person(relay.Node):
    email: str = strawberry_django.field(description="Where mail goes.")
    groups = related(Crew, description="What they belong to.")


@strawberry_django.type(Group, name="Team", description="A team.")
class Team(relay.Node):
    name: str = strawberry_django.field(description="What it is called.")
    user_set = related(Person, description="Who belongs to it.")


@strawberry_django.type(User, name="Secret", description="The same row for other eyes.")
class Secret(relay.Node):
    password: str = strawberry_django.field(description="Not for everyone.")


@strawberry.type(name="ShortConnection", description="Counts to three.")
class ShortConnection(Connection[relay.NodeType]):
    COUNT_CAP = 3


@nodes.visible("Person")
def people(info: Info) -> "QuerySet[User]":
    return User.objects.filter(is_active=True)


@nodes.visible("Secret")
def secrets(info: Info) -> "QuerySet[User]":
    return User.objects.filter(pk=info.context.user.pk) if info.context.user else User.objects.none()


@strawberry.type
class Query(nodes.Query):
    @connection(Person, description="People in this order.")
    def people(self, by: str = "email") -> "QuerySet[User]":
        return ordered_people(by)

    @connection(ShortConnection[Person], description="People, counted to three.")
    def few(self) -> "QuerySet[User]":
        return User.objects.order_by("pk")

    @connection(Team, description="All teams.")
    def teams(self) -> "QuerySet[Group]":
        return Group.objects.order_by("name")

    @field(description="Fails.")
    def bug(self, words: str = "the password is hunter2") -> str | None:
        raise ValueError(words)

    @field(description="Fails, and takes everything along.")
    def worst_bug(self) -> str:
        raise KeyError("hunter2")

    @field(description="Refuses.")
    def refusal(self) -> str | None:
        raise NotFound(thing="door", field="key")

    @field(description="Takes what PostgreSQL and Python are particular about.")
    def echo(self, text: str = "", amount: Decimal = Decimal(0), count: int = 0) -> str:
        return f"{text} {amount} {count}"

    @field(description="Hands out the token, as the real field does.")
    def csrf_token(self, info: Info) -> str:
        return get_token(info.context.request)

    @field(description="Sets a cookie and a header.")
    def cookie(self, info: Info) -> str:
        info.context.response.set_cookie("taste", "sweet")
        info.context.response.headers["X-Taste"] = "sweet"
        return "sweet"

    @field(description="Whose browser it is.")
    def visits(self, info: Info) -> int:
        info.context.session["visits"] = 1
        return 1


@strawberry.input(description="Which door.")
class OpenDoorInput:
    how: str = strawberry.field(description="What is to happen.")


@strawberry.type(description="It is open.")
class DoorSuccess:
    how: str = strawberry.field(description="As asked.")


@strawberry.type
class Mutation:
    @mutation(NotFound, InvalidInput, RateLimited, description="Open a door, or not.")
    def open_door(self, input: OpenDoorInput) -> DoorSuccess:
        refusals: dict[str, Exception] = {
            "missing": NotFound(thing="door", field="how"),
            "late": RateLimited(retry_after=30),
            "unnamed": CurrencyMismatch(expected="EUR", given="hunter2"),
            "bug": ValueError("hunter2"),
            "request": RequestError("BAD_CURSOR", "Not this one."),
        }
        if input.how in refusals:
            raise refusals[input.how]
        return DoorSuccess(how=input.how)


def ordered_people(by: str) -> "QuerySet[User]":
    rows = User.objects.all()
    if by == "rank":
        rank = SearchRank(SearchVector("name", config="simple"), SearchQuery("ada", config="simple"))
        rows = rows.annotate(rank=Cast(rank, FloatField()))
    return rows.order_by(*ORDERS[by])


schema = Schema(
    query=Query,
    mutation=Mutation,
    types=[Secret],
    extensions=EXTENSIONS,
    config=StrawberryConfig(relay_max_results=100, disable_field_suggestions=True),
)
urlpatterns = [path("graphql/", endpoint(schema))]
