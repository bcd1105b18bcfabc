import pytest
from django.test import Client

from marketplace.accounts.models import User
from marketplace.kernel import audit
from marketplace.kernel.models import AuditEntry
from marketplace.staff import MODERATOR, SUPPORT
from tests.support.staff import signed_in

pytestmark = pytest.mark.django_db
LOG = "/admin/kernel/auditentry/"


@pytest.fixture
def eve() -> User:
    eve = User.objects.create_user("eve@example.com")
    audit.record(actor=eve, action="accounts.renamed", subject=eve, after={"name": "Eve"}, note="=1+1")
    audit.record(actor=None, action="accounts.closed", subject=eve)
    return eve


def _actions(client: Client, query: str) -> list[str]:
    return [entry.action for entry in client.get(LOG + query).context["cl"].result_list]


def test_the_log_is_filtered(eve: User) -> None:
    client = signed_in(MODERATOR)
    assert _actions(client, "") == ["accounts.closed", "accounts.renamed"]
    assert _actions(client, "?actor=eve@example.com") == ["accounts.renamed"]
    assert _actions(client, "?action=accounts.closed") == ["accounts.closed"]
    assert _actions(client, "?scope=vendor:1") == []


def test_the_log_is_exported_and_computes_nothing(eve: User) -> None:
    keys = list(AuditEntry.objects.values_list("pk", flat=True))
    response = signed_in(MODERATOR).post(LOG, {"action": "export", "_selected_action": keys})
    text = response.getvalue().decode()
    assert response.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
    assert len(text.splitlines()) == 3
    assert ",'=1+1," in text


def test_nobody_writes_the_log_and_not_everybody_reads_it(eve: User) -> None:
    entry = AuditEntry.objects.latest("pk")
    client = signed_in(MODERATOR)
    assert client.get(f"{LOG}{entry.pk}/change/").status_code == 200
    for page in ("add/", f"{entry.pk}/delete/"):
        assert client.post(LOG + page, {"post": "yes"}).status_code == 403
    assert signed_in(SUPPORT).get(LOG).status_code == 403
