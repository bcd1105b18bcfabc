import json

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries, Settings

from marketplace import health

OUR_METRICS = ("marketplace_jobs", "marketplace_job_wait_seconds", "marketplace_workers")


def test_healthz_answers_any_host_without_the_database(client: Client) -> None:
    response = client.get("/healthz", headers={"Host": "10.0.0.7"})
    assert (response.status_code, response.json()) == (200, {"status": "alive"})


@pytest.mark.django_db
def test_healthz_answers_plain_http_where_the_site_is_https(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_readyz_looks_at_the_migrations_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    probe = health.ProbeMiddleware(lambda _request: HttpResponse(status=418))
    ready = probe(RequestFactory().get("/readyz"))
    assert (ready.status_code, json.loads(ready.content)) == (200, {"status": "ready"})
    with django_assert_num_queries(1):
        assert probe(RequestFactory().get("/readyz")).status_code == 200


@pytest.mark.django_db
def test_readyz_waits_for_the_migrations(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'web'")
    probe = health.ProbeMiddleware(lambda _request: HttpResponse(status=418))
    waiting = probe(RequestFactory().get("/readyz"))
    assert (waiting.status_code, json.loads(waiting.content)) == (503, {"status": "migrations are missing"})


@pytest.mark.django_db(transaction=True)
def test_readyz_says_that_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    probe = health.ProbeMiddleware(lambda _request: HttpResponse(status=418))
    connection.close()
    with monkeypatch.context() as away:
        away.setitem(connection.settings_dict, "NAME", "no_such_database")
        waiting = probe(RequestFactory().get("/readyz"))
        alive = probe(RequestFactory().get("/healthz"))
    assert (waiting.status_code, json.loads(waiting.content)) == (
        503,
        {"status": "the database does not answer"},
    )
    assert alive.status_code == 200


def test_any_other_request_passes_the_probes() -> None:
    probe = health.ProbeMiddleware(lambda _request: HttpResponse(status=418))
    assert probe(RequestFactory().get("/readyz/")).status_code == 418


@pytest.mark.django_db
def test_metrics_tell_of_requests_and_of_the_queue(client: Client) -> None:
    page = client.get("/metrics").content.decode()
    assert "django_http_requests_before_middlewares_total" in page
    assert [name for name in OUR_METRICS if f"# TYPE {name} gauge" not in page] == []
    assert "marketplace_workers 0.0" in page


@pytest.mark.django_db
def test_metrics_count_the_jobs_that_wait(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status)"
            " VALUES ('mail', 'x', '{}', 'todo'), ('mail', 'x', '{}', 'todo'), ('mail', 'x', '{}', 'failed')"
        )
    page = client.get("/metrics").content.decode()
    assert 'marketplace_jobs{queue="mail",status="todo"} 2.0' in page
    assert 'status="failed"' not in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("proxies", "environ", "status"),
    [
        (0, {"REMOTE_ADDR": "::1"}, 200),
        (0, {"REMOTE_ADDR": "10.0.0.7"}, 404),
        (0, {"REMOTE_ADDR": ""}, 404),
        (0, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "10.0.0.7"}, 404),
        (1, {"REMOTE_ADDR": "127.0.0.1"}, 404),
    ],
)
def test_metrics_without_a_token_are_for_this_machine_only(
    client: Client, settings: Settings, proxies: int, environ: dict[str, str], status: int
) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert client.get("/metrics", **environ).status_code == status  # type: ignore[arg-type]  # WSGI's names


@pytest.mark.django_db
@pytest.mark.parametrize(("sent", "status"), [("Bearer s3cret", 200), ("Bearer other", 404), ("", 404)])
def test_metrics_with_a_token_ask_for_it(client: Client, settings: Settings, sent: str, status: int) -> None:
    settings.METRICS_TOKEN = "s3cret"
    assert client.get("/metrics", headers={"Authorization": sent}).status_code == status
