"""Whoever may not, learns no more of a thing that is there than of one that is not: the same answer, for all.

The houses are made once for a test and every call is undone, so each test walks its whole part of the matrix
and tells every cell that does not hold.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection, transaction

from tests.tenancy.acts import STAFF, Act
from tests.tenancy.documents import composite, everything, whole_mutation
from tests.tenancy.rows import ACTS, DOORS, FOR_ALL, THINGS
from tests.tenancy.world import Actor, World, nobodys

# What asking itself may leave behind.
LOG: Final = "kernel_auditentry"
# As pg_stat_xact_user_tables has it, in a fifth of its time.
WRITTEN: Final = """
    SELECT name, written FROM (
        SELECT relname AS name, pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
            + pg_stat_get_xact_tuples_deleted(oid) AS written
        FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace OFFSET 0
    ) AS tables WHERE written > 0
"""
TRACES: Final = {"django_session", "kernel_ratewindow", "procrastinate_jobs", "procrastinate_events"}


@contextmanager
def undone() -> Iterator[None]:
    """Let nothing that happens within stay. No block of its own: limits are counted outside of any."""
    point = transaction.savepoint()
    yield
    transaction.savepoint_rollback(point)


def written() -> dict[str, int]:
    """How many rows of each table this transaction has written so far, undone ones too."""
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        return {name: count for name, count in cursor.fetchall() if name not in TRACES}


def ask(world: World, actor: Actor, document: str, **variables: Any) -> Any:
    """What somebody gets; nothing of it stays."""
    with undone():
        body = world.clients[actor].send(document, **variables).json()
    body.pop("extensions", None)
    return body


def outcome(body: Any, name: str) -> str:
    """The success type or the code of a mutation's answer."""
    answer = (body.get("data") or {}).get(name) or {}
    return str(answer.get("code") or answer.get("__typename") or body)


def test_only_who_may_acts_on_a_thing_and_nobody_else_changes_anything(world: World) -> None:
    """What the platform does leaves an entry in the audit table."""
    wrong = []
    for act in ACTS:
        document, none = whole_mutation(act.name), act.nobodys(world.first, *act.refs())
        for actor in Actor:
            before = written()
            body = ask(world, actor, document, input=act.given(world.first))
            found, is_changed = outcome(body, act.name), written() != before
            if actor in act.may:
                is_recorded = written().get(LOG, 0) > before.get(LOG, 0)
                holds = found.endswith("Success") and (is_recorded or act.may != STAFF)
            elif actor in act.told:
                holds = found == "NOT_PERMITTED" and not is_changed
            else:
                same = ask(world, actor, document, input=act.given(world.first, **none))
                holds = body == same and not found.endswith("Success") and not is_changed
            if not holds:
                wrong.append((act.name, actor, found, is_changed))
    assert not wrong, "\n".join(map(str, wrong))


def test_among_ones_own_things_anothers_is_none(world: World) -> None:
    """The second house's own people, with everything their own but for one thing of the first house."""
    wrong = []
    for act, asker in _asked_by_others():
        document = whole_mutation(act.name)
        own = ask(world, asker, document, input=act.given(world.second))
        if not outcome(own, act.name).endswith("Success"):
            wrong.append((act.name, "own", outcome(own, act.name)))
        for name in act.refs():
            if act.input[name].thing in FOR_ALL:
                continue
            before = written()
            theirs = {name: world.first.ids[act.input[name].thing]}
            body = ask(world, asker, document, input=act.given(world.second, **theirs))
            is_changed = written() != before
            none = act.nobodys(world.first, name)
            if is_changed or body != ask(world, asker, document, input=act.given(world.second, **none)):
                wrong.append((act.name, name, outcome(body, act.name)))
    assert not wrong, "\n".join(map(str, wrong))


def _asked_by_others() -> Iterator[tuple[Act, Actor]]:
    """What the second house may do to its own, with who does it."""
    for act in ACTS:
        if Actor.BUYER in act.may:
            yield act, Actor.OTHER_BUYER
        if Actor.OWNER in act.may:
            yield act, Actor.OTHER_OWNER
        if Actor.KEY in act.may:
            yield act, Actor.OTHER_KEY


def test_anothers_idempotency_key_answers_nobody(world: World) -> None:
    """After the first house's own request: who may not learns nothing of it, and the second house's own
    request under the same key is one of its own.
    """
    wrong = []
    for act in (each for each in ACTS if each.idempotency_key):
        document, none = whole_mutation(act.name), act.nobodys(world.first, *act.refs())
        with undone():
            first = next(who for who in (Actor.BUYER, Actor.OWNER, Actor.STAFF) if who in act.may)
            done = world.clients[first].send(document, input=act.given(world.first)).json()
            assert outcome(done, act.name).endswith("Success"), done
            for actor in Actor:
                before = written()
                body = ask(world, actor, document, input=act.given(world.first))
                found, is_changed = outcome(body, act.name), written() != before
                if actor not in act.may | act.told:
                    same = ask(world, actor, document, input=act.given(world.first, **none))
                    is_wrong = body != same or found.endswith("Success") or is_changed
                    wrong += [(act.name, actor, found)] if is_wrong else []
            for _, asker in ((each, who) for each, who in _asked_by_others() if each is act):
                before = written()
                own = ask(world, asker, document, input=act.given(world.second))
                if not outcome(own, act.name).endswith("Success") or written() == before:
                    wrong.append((act.name, asker, outcome(own, act.name)))
    assert not wrong, "\n".join(map(str, wrong))


def test_the_idempotency_key_of_an_order_is_that_of_its_cart(world: World) -> None:
    document = """mutation($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename
      ... on Error { code } ... on PlaceOrderSuccess { order { number } } } }"""
    given = {"idempotencyKey": "the-same-for-all"}
    with undone():
        assert (
            world.first.ids["waiting_number"] in world.clients[Actor.BUYER].send(document, input=given).text
        )
        numbers = {
            actor: ((ask(world, actor, document, input=given).get("data") or {}).get("placeOrder") or {}).get(
                "order"
            )
            for actor in Actor
        }
    assert {actor: order["number"] for actor, order in numbers.items() if order} == {
        Actor.BUYER: world.first.ids["waiting_number"],
        Actor.OTHER_BUYER: world.second.ids["waiting_number"],
    }


def test_only_who_may_sees_a_thing_by_its_id(world: World) -> None:
    wrong = []
    for thing in THINGS:
        document = f"""query($ids: [ID!]!) {{ nodes(ids: $ids) {{ __typename
          ... on {thing.type} {everything(composite(thing.type))} }} }}"""
        for actor in Actor:
            asked = [world.first.ids[thing.ref], nobodys(thing.ref, world.first)]
            seen = ask(world, actor, document, ids=asked)
            if actor in thing.may:
                found, none = seen["data"]["nodes"]
                holds = found and found["__typename"] == thing.type and none is None
            else:
                holds = seen == {"data": {"nodes": [None, None]}}
            if not holds:
                wrong.append((thing.type, thing.ref, actor, str(seen)[:200]))
    assert not wrong, "\n".join(map(str, wrong))


def test_only_who_may_comes_through_a_door(world: World) -> None:
    wrong = []
    for door in DOORS:
        for actor in Actor:
            seen = ask(world, actor, door.document, it=world.first.ids[door.ref])
            if actor in door.may:
                holds = _is_found(seen)
            else:
                none = ask(world, actor, door.document, it=nobodys(door.ref, world.first))
                holds = seen == none and not _is_found(seen)
            if not holds:
                wrong.append((door.path, door.ref, actor, str(seen)[:200]))
    assert not wrong, "\n".join(map(str, wrong))


def _is_found(body: Any) -> bool:
    """Whether the innermost field of an answer holds something."""
    data = body["data"]
    while isinstance(data, dict) and len(data) == 1:
        (data,) = data.values()
    return data is not None
