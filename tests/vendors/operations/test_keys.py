from datetime import timedelta
from typing import Any

import pytest

from marketplace.kernel import audit, clock
from marketplace.kernel.errors import InvalidInput, NotFound
from tests.factories.accounts import UserFactory
from tests.factories.vendors import VendorFactory, key_of, member_of
from tests.support.queue import queued
from vendors.errors import NotPermitted
from vendors.models import VendorApiKey, digest_of
from vendors.operations import keys, members
from vendors.permissions import FOR_PEOPLE_ONLY, ROLE_PERMISSIONS, VendorPermission, VendorRole
from vendors.selectors import visitor_of_key

pytestmark = pytest.mark.django_db

P = VendorPermission


def test_of_a_key_only_its_digest_is_kept() -> None:
    key, secret = key_of(VendorFactory.create(), P.CHANGE_STOCK, P.VIEW_LISTINGS)
    row = VendorApiKey.objects.values().get(pk=key.pk)
    assert row["digest"] == digest_of(secret)
    assert row["permissions"] == ["change_stock", "view_listings"]
    assert [name for name, value in row.items() if secret.rpartition("_")[2] in str(value)] == []


def test_what_is_made_and_revoked_is_written_down() -> None:
    vendor = VendorFactory.create()
    maker, owner = member_of(vendor, VendorRole.MANAGER), member_of(vendor)
    key, _ = key_of(vendor, P.CHANGE_STOCK, maker=maker)
    revoked = keys.revoke_key(key=key, actor=owner)
    keys.revoke_key(key=key, actor=maker)
    assert (revoked.revoked_by, revoked.revoked_at is None) == (owner, False)
    entries = audit.entries_of(vendor).order_by("-pk")[:2]
    assert [(entry.action, entry.actor_id) for entry in entries] == [
        ("vendors.api_key_revoked", owner.pk),
        ("vendors.api_key_made", maker.pk),
    ]
    assert entries[1].after == {"key": key.pk, "permissions": ["change_stock"], "expires_at": None}


def test_nobody_gives_a_key_what_they_lack_themselves() -> None:
    vendor = VendorFactory.create()
    for role in VendorRole:
        member = member_of(vendor, role)
        for permission in set(P) - FOR_PEOPLE_ONLY:
            if permission in ROLE_PERMISSIONS[role]:
                key_of(vendor, permission, maker=member)
            else:
                with pytest.raises(NotPermitted) as caught:
                    key_of(vendor, permission, maker=member)
                assert caught.value.permission == permission


def test_a_stranger_makes_no_key() -> None:
    vendor = VendorFactory.create()
    with pytest.raises(NotFound):
        key_of(vendor, P.VIEW_VENDOR, maker=UserFactory.create())
    assert (VendorApiKey.objects.count(), queued()) == (0, [])


@pytest.mark.parametrize("permission", sorted(FOR_PEOPLE_ONLY))
def test_what_takes_a_person_is_given_to_no_key(permission: P) -> None:
    vendor = VendorFactory.create()
    with pytest.raises(InvalidInput, match=permission):
        key_of(vendor, permission, P.VIEW_VENDOR)


def test_a_key_has_a_name_a_purpose_and_an_end_to_come() -> None:
    vendor = VendorFactory.create()
    owner = member_of(vendor)
    wrong: dict[str, dict[str, Any]] = {
        "name": {"name": "  "},
        "permissions": {"permissions": []},
        "expiresAt": {"expires_at": clock.now()},
    }
    for field, changes in wrong.items():
        asked = {"name": "Shop", "permissions": [P.VIEW_VENDOR], **changes}
        with pytest.raises(InvalidInput) as caught:
            keys.create_key(vendor=vendor, actor=owner, **asked)
        assert caught.value.field == field


def test_the_use_of_a_key_is_noted_once_a_minute(django_assert_num_queries: Any) -> None:
    key, secret = key_of(VendorFactory.create(), P.VIEW_VENDOR)
    began = clock.now()
    for seconds, statements, seen in ((0, 1, 0), (59, 0, 0), (60, 1, 60)):
        with clock.at(began + timedelta(seconds=seconds)):
            visitor = visitor_of_key(secret)
            assert visitor is not None
            with django_assert_num_queries(statements):
                keys.see_key(visitor)
        key.refresh_from_db()
        assert key.last_used_at == began + timedelta(seconds=seen)


def test_who_leaves_takes_their_keys_along_for_good() -> None:
    vendor = VendorFactory.create()
    owner, maker = member_of(vendor), member_of(vendor, VendorRole.MANAGER)
    (_, own), (_, theirs) = (key_of(vendor, P.VIEW_VENDOR, maker=each) for each in (owner, maker))
    members.remove_member(vendor=vendor, user=maker, actor=owner)
    members.add_member(vendor=vendor, user=maker, role=VendorRole.OWNER, actor=owner)
    assert (visitor_of_key(own) is None, visitor_of_key(theirs)) == (False, None)
