"""Statements as files, for who may see them."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from payouts.models import Statement
from tests.factories.accounts import UserFactory
from tests.factories.vendors import VendorFactory, member_of
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def statement() -> Statement:
    vendor: Vendor = VendorFactory.create(slug="kiln")
    return Statement.objects.create(
        vendor=vendor,
        currency="EUR",
        timezone="UTC",
        starts_on=date(2026, 5, 1),
        end_on=date(2026, 6, 1),
        starts_at=datetime(2026, 5, 1, tzinfo=UTC),
        ends_at=datetime(2026, 6, 1, tzinfo=UTC),
        opening_minor=-500,
        closing_minor=-500,
        held_minor=0,
    )


def test_whoever_sees_the_finances_has_both_files(client: Client, statement: Statement) -> None:
    client.force_login(member_of(statement.vendor))
    table = client.get("/account/vendors/kiln/statement-2026-05-EUR.csv")
    assert table.headers["Content-Disposition"] == 'attachment; filename="statement-2026-05-EUR.csv"'
    assert b"".join(table).decode().splitlines()[1].count("-5.00") == 1
    pdf = client.get("/account/vendors/kiln/statement-2026-05-EUR.pdf")
    assert (pdf.headers["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")


@pytest.mark.parametrize("name", ["statement-2026-04-EUR", "statement-2026-05-USD", "statement-x"])
def test_what_there_is_not_and_what_one_may_not_see_are_alike(
    client: Client, statement: Statement, name: str
) -> None:
    client.force_login(member_of(statement.vendor))
    assert client.get(f"/account/vendors/kiln/{name}.pdf").status_code == 404
    stranger = Client()
    stranger.force_login(UserFactory.create())
    assert stranger.get("/account/vendors/kiln/statement-2026-05-EUR.csv").status_code == 404
    assert "sign-in" in Client().get("/account/vendors/kiln/statement-2026-05-EUR.csv").headers["Location"]
