"""Whatever anybody reads, and however deep, nothing in it is another's, and nothing of it breaks."""

from itertools import product
from typing import Any

from tests.tenancy.documents import root
from tests.tenancy.lists import LISTS
from tests.tenancy.rows import DOORS
from tests.tenancy.world import Actor, World


def told(world: World, actor: Actor, document: str, **variables: Any) -> tuple[str, set[str]]:
    """The text of an answer, and the codes of what failed in it."""
    response = world.clients[actor].send(document, **variables)
    codes = {error["extensions"]["code"] for error in response.json().get("errors", [])}
    return response.content.decode(), codes - {"NOT_PERMITTED", "SIGN_IN_REQUIRED"}


def test_no_list_tells_what_is_anothers(world: World) -> None:
    secrets = {actor: world.secrets_from(actor) for actor in Actor}
    wrong = []
    # Each document by all in turn: it is read once, as many as there may be.
    for path in LISTS:
        document = root(path)
        for actor in Actor:
            text, failed = told(world, actor, document)
            wrong += [(actor, path, circle) for word, circle in secrets[actor].items() if word in text]
            wrong += [(actor, path, code) for code in failed]
    assert not wrong, "\n".join(map(str, wrong))


def test_no_door_leads_to_what_is_anothers(world: World) -> None:
    secrets = {actor: world.secrets_from(actor) for actor in Actor}
    wrong = []
    for door in DOORS:
        for actor, house in product(Actor, (world.first, world.second)):
            text, failed = told(world, actor, door.document, it=house.ids[door.ref])
            wrong += [(actor, door.path, circle) for word, circle in secrets[actor].items() if word in text]
            wrong += [(actor, door.path, code) for code in failed]
    assert not wrong, "\n".join(map(str, wrong))


def test_the_search_would_find_a_secret(world: World) -> None:
    """The negative control: who may read them does read them, by the same documents."""
    for actor, expected in {
        Actor.OWNER: {"vendor", "decision", "keys", "listing", "order"},
        Actor.KEY: {"vendor", "listing", "order"},
        Actor.BUYER: {"buyer", "order"},
        Actor.STAFF: {"decision", "listing"},
    }.items():
        texts = [told(world, actor, root(path))[0] for path in LISTS]
        found = {
            circle
            for circle, words in world.first.words.items()
            if any(word in text for word in words for text in texts)
        }
        assert found >= expected, (actor, found)
