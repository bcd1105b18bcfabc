"""The container image and compose.yaml say nothing that manage.py and env.py would not understand."""

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

from marketplace.env import Environment
from tests.support import tree

COMPOSE: dict[str, Any] = yaml.safe_load(tree.text(Path("compose.yaml")))
DOCKERFILE = tree.text(Path("Dockerfile"))
OURS = [name for name, service in COMPOSE["services"].items() if service.get("image") == "marketplace"]
SETTINGS = {field.name.upper() for field in dataclasses.fields(Environment)}


def test_compose_runs_the_web_a_worker_a_migration_and_the_database() -> None:
    assert set(COMPOSE["services"]) == {"database", "migrate", "web", "worker"}
    assert set(OURS) == {"migrate", "web", "worker"}
    assert COMPOSE["services"]["database"]["image"] == "postgres:18"


@pytest.mark.parametrize("service", OURS)
def test_a_service_runs_a_command_there_is_with_settings_there_are(service: str) -> None:
    described = COMPOSE["services"][service]
    assert set(described["environment"]) - SETTINGS == set()
    command = described.get("command", ["python", "manage.py", "serve"])
    assert command[:2] == ["python", "manage.py"]
    assert command[2] in get_commands()


def test_the_services_wait_for_each_other() -> None:
    services = COMPOSE["services"]
    assert services["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    for name in ("web", "worker"):
        assert services[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}


def test_no_secret_has_a_default() -> None:
    defaults = dict(re.findall(r"\$\{(\w+):([?-])", tree.text(Path("compose.yaml"))))
    assert {name: defaults[name] for name in ("SECRET_KEY", "POSTGRES_PASSWORD")} == {
        "SECRET_KEY": "?",
        "POSTGRES_PASSWORD": "?",
    }


def test_what_is_kept_is_a_declared_volume() -> None:
    mounted = {
        mount.split(":")[0]
        for service in COMPOSE["services"].values()
        for mount in service.get("volumes", [])
    }
    assert mounted == set(COMPOSE["volumes"])


def test_the_image_runs_as_nobody_special_and_can_be_probed() -> None:
    last = DOCKERFILE.rsplit("\nFROM ", 1)[1]
    assert re.search(r"^USER marketplace$", last, re.MULTILINE)
    assert "/healthz" in last
    assert 'CMD ["python", "manage.py", "serve", "--host", "0.0.0.0"]' in last


def test_the_image_is_of_a_python_we_support() -> None:
    versions = set(re.findall(r"^FROM python:(\d+\.\d+)-slim", DOCKERFILE, re.MULTILINE))
    assert versions == {"3.13"}
    assert tree.project()["project"]["requires-python"] == ">=3.11,<3.14"
