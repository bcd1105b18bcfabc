"""The roles of the platform's staff: groups with Django permissions, kept as the table says.

The table is named by the setting STAFF_ROLES, for its permissions belong to apps above this one. It comes
into the database after every `migrate`, when all permissions are there: what the table does not give is taken
from a group of the table's, and groups of other names are left alone.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.apps import AppConfig
from django.apps import apps as installed
from django.apps.registry import Apps
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Concat
from django.utils.module_loading import import_string

Roles = Mapping[str, frozenset[str]]

PATH: Final = Concat("content_type__app_label", Value("."), "codename")


def sync_roles(*, using: str, apps: Apps = installed, **_: object) -> None:
    """A receiver of `post_migrate`: make the groups of the table, with its permissions.

    `migrate` says which apps there are, `flush` does not. Three statements where nothing has changed. Raises
    ValueError for a permission that is not there.
    """
    try:
        group, permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    except LookupError:  # migrated part of the way
        return
    table: Roles = import_string(settings.STAFF_ROLES)
    groups: QuerySet[Any] = QuerySet(group, using=using)
    permissions: QuerySet[Any] = QuerySet(permission, using=using)
    wanted = frozenset().union(*table.values())
    keys = dict(permissions.annotate(path=PATH).filter(path__in=wanted).values_list("path", "pk"))
    if missing := wanted - keys.keys():
        raise ValueError(f"no such permissions: {', '.join(sorted(missing))}")
    with transaction.atomic(using=using):
        known = {each.name: each for each in groups.filter(name__in=table)}
        made = {name: known.get(name) or groups.create(name=name) for name in table}
        grants: QuerySet[Any] = QuerySet(group.permissions.through, using=using)
        held = set(
            grants.filter(group__in=[each.pk for each in made.values()]).values_list(
                "group_id", "permission_id"
            )
        )
        due = {(made[name].pk, keys[path]) for name, paths in table.items() for path in paths}
        for group_id, permission_id in held - due:
            grants.filter(group_id=group_id, permission_id=permission_id).delete()
        if due - held:
            grants.bulk_create(grants.model(group_id=one, permission_id=other) for one, other in due - held)


def last_app(apps: Apps) -> AppConfig:
    """The app after which all permissions are there."""
    return list(apps.get_app_configs())[-1]
