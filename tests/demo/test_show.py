import io
import socket

import pytest
from django.core.management import CommandError, call_command

from marketplace.demo import show
from tests.factories.accounts import UserFactory


@pytest.mark.django_db
def test_a_taken_port_is_refused_before_anything_is_done() -> None:
    out = io.StringIO()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} is taken. Choose another"):
            call_command("demo", port=port, stdout=out)
    assert out.getvalue() == ""


@pytest.mark.django_db
def test_a_database_with_other_users_is_refused() -> None:
    UserFactory.create()
    with pytest.raises(show.CannotShow, match="users who are not the demo's"):
        show._refuse_foreign_database()


@pytest.mark.django_db
def test_a_database_of_the_demo_is_welcome() -> None:
    UserFactory.create(email="admin@demo.example")
    UserFactory.create()
    show._refuse_foreign_database()


def test_the_demo_runs_as_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "true")
    told = show.environment(8123)
    assert {name: told[name] for name in ("DEBUG", "SITE_URL", "SERVE_MEDIA")} == {
        "DEBUG": "false",
        "SITE_URL": "http://localhost:8123",
        "SERVE_MEDIA": "true",
    }
