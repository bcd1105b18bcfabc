from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from typing_extensions import override

from marketplace.accounts.roles import last_app, sync_roles


class AccountsConfig(AppConfig):
    name = "marketplace.accounts"
    label = "accounts"

    @override
    def ready(self) -> None:
        # No signal of a model: what `migrate` calls when it is done, as Django's own permissions are made.
        post_migrate.connect(sync_roles, sender=last_app(apps), dispatch_uid="staff roles")
