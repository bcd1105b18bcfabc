"""What the gateway does by itself."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from marketplace.gateway import jobs, registry
from marketplace.gateway.models import (
    SandboxAccount,
    SandboxEvent,
    SandboxKey,
    SandboxLink,
    SandboxNetwork,
    WebhookEvent,
)
from marketplace.gateway.sandbox import control
from marketplace.gateway.sandbox.accounts import Verdict
from marketplace.kernel import clock
from marketplace.kernel.jobs import Job
from marketplace.kernel.money import Money
from tests.support import payments
from tests.support.queue import queued, run_queued
from tests.support.workers import run_worker_from_the_shell

REACTIONS: dict[str, object] = {}


@pytest.fixture(autouse=True)
def _nobody_listens(settings: Settings) -> None:
    settings.SITE_URL = "http://127.0.0.1:9"
    settings.WEBHOOK_REACTIONS = f"{__name__}.REACTIONS"


@pytest.mark.django_db(transaction=True)
def test_every_event_of_a_payment_arrives(live_server: LiveServer, settings: Settings) -> None:
    settings.SITE_URL = live_server.url
    payments.paid()
    run_queued()
    assert not SandboxEvent.objects.filter(delivered_at__isnull=True).exists()
    assert list(WebhookEvent.objects.order_by("pk").values_list("type", flat=True)) == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]


@pytest.mark.django_db(transaction=True)
def test_a_worker_of_its_own_delivers(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_URL", live_server.url)
    payments.paid()
    assert run_worker_from_the_shell() == 0
    assert list(SandboxEvent.objects.values_list("last_answer", flat=True)) == ["200"] * 3
    assert WebhookEvent.objects.count() == 3


@pytest.mark.django_db
def test_an_event_nobody_took_is_queued_again_by_the_clock_once() -> None:
    payments.opened()
    run_queued()
    made = SandboxEvent.objects.get()
    assert (made.attempts, made.last_answer, queued()) == (1, "ConnectError", [])
    with clock.at(made.due_at):
        jobs.live_a_moment_of_the_sandbox()
        jobs.live_a_moment_of_the_sandbox()
    assert queued() == [("deliver_event", {"event_id": made.pk})]


@pytest.mark.django_db(transaction=True)
def test_a_lost_event_arrives_a_minute_later(live_server: LiveServer, settings: Settings) -> None:
    settings.SITE_URL = live_server.url
    SandboxNetwork.objects.create(pk=1, drops=1)
    payments.opened()
    run_queued()
    assert not WebhookEvent.objects.exists()
    with clock.at(clock.now() + timedelta(minutes=1)):
        jobs.live_a_moment_of_the_sandbox()
    run_queued()
    assert WebhookEvent.objects.count() == 1


@pytest.mark.django_db
def test_an_event_that_was_delivered_is_not_sent_again() -> None:
    payments.opened()
    made = SandboxEvent.objects.get()
    SandboxEvent.objects.update(delivered_at=clock.now())
    jobs.deliver_event(made.pk)
    jobs.deliver_event(-1)
    made.refresh_from_db()
    assert made.attempts == 0


@pytest.mark.django_db
def test_an_event_on_a_slow_network_is_kept_back_once() -> None:
    SandboxNetwork.objects.create(pk=1, delay_seconds=60)
    payments.opened()
    made = SandboxEvent.objects.get()
    ProcrastinateJob.objects.all()._raw_delete("default")
    jobs.deliver_event(made.pk)
    (job,) = ProcrastinateJob.objects.filter(status="todo")
    assert job.scheduled_at == made.created_at + timedelta(seconds=60)
    run_queued()
    made.refresh_from_db()
    assert (made.attempts, made.last_answer) == (2, "ConnectError")


@pytest.mark.django_db
def test_refunds_fail_by_the_clock() -> None:
    sandbox = registry.default()
    charge = payments.paid(number=payments.REFUND_FAILS).charge_ref or ""
    made = sandbox.refund(charge, amount=Money(1000, "EUR"), metadata={}, key="re:a:v1")
    jobs.live_a_moment_of_the_sandbox()
    assert sandbox.get_refund(made.ref).status == "succeeded"
    with clock.at(clock.now() + timedelta(minutes=2)):
        jobs.live_a_moment_of_the_sandbox()
    assert sandbox.get_refund(made.ref).status == "failed"


@pytest.mark.django_db
@pytest.mark.unwatched  # what are many transactions elsewhere is one here
def test_vendors_are_verified_and_paid_out_by_the_clock() -> None:
    sandbox, now = registry.default(), clock.now()
    charge = payments.paid(10_000, number=payments.DISPUTED).charge_ref
    dispute = sandbox.list_disputes(now - timedelta(hours=1))[0].ref
    vendor = sandbox.create_account(email="", country="DE", metadata={}, key="acct:1:v1").ref
    # As one that has a schedule of its own; those that we make have none.
    SandboxAccount.objects.update(has_own_schedule=True)
    control.onboard(vendor, Verdict.LATER)
    for days in (1, 3, 4, 6, 8):
        with clock.at(now + timedelta(days=days)):
            jobs.live_a_moment_of_the_sandbox()
            if days == 1:
                sandbox.transfer(
                    vendor, amount=Money(9000, "EUR"), charge_ref=charge, group="", metadata={}, key="tr:1:v1"
                )
            jobs.pay_out_of_the_sandbox()
    assert sandbox.get_account(vendor).state == "active"
    (payout,) = sandbox.list_payouts(vendor, now)
    assert (payout.status, payout.amount.minor) == ("paid", 9000)
    assert (payout.created_at, payout.arrives_on) == (
        now + timedelta(days=3),
        (now + timedelta(days=5)).date(),
    )
    assert sandbox.get_dispute(dispute).status == "lost"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("catch_up", "age"),
    [
        (jobs.catch_up_with_events, timedelta(seconds=21)),
        (jobs.catch_up_with_hours, timedelta(minutes=119)),
        (jobs.catch_up_with_days, timedelta(hours=71)),
    ],
)
def test_events_are_caught_up_with_by_the_clock(catch_up: Job[[]], age: timedelta) -> None:
    for moment in (timedelta(seconds=10), age, timedelta(days=4)):
        with clock.at(clock.now() - moment):
            payments.opened()
    catch_up()
    assert WebhookEvent.objects.get().outcome == "ignored"


@pytest.mark.django_db
def test_what_is_old_and_settled_is_forgotten() -> None:
    payments.opened()
    payments.receive_all()
    vendor = registry.default().create_account(email="", country="DE", metadata={}, key="acct:1:v1")
    registry.default().onboarding_url(vendor.ref, refresh_url="/again", return_url="/back")
    early = WebhookEvent.objects.create(
        provider="sandbox",
        event_id="evt_early",
        type="payment_intent.succeeded",
        object_ref="pi_1",
        created_at=clock.now(),
    )
    with clock.at(clock.now() + timedelta(days=29)):
        jobs.forget_old_events()
    assert counts() == (2, 1, 2, 1)
    with clock.at(clock.now() + timedelta(days=31)):
        jobs.forget_old_events()
    assert list(WebhookEvent.objects.all()) == [early]
    assert counts() == (1, 0, 0, 0)


def counts() -> tuple[int, ...]:
    return tuple(each.objects.count() for each in (WebhookEvent, SandboxEvent, SandboxKey, SandboxLink))
