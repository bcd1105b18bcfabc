"""`manage.py graphql`: a document run in process, for operators, scripts and checks."""

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest
from django.utils.module_loading import import_string
from typing_extensions import override

from marketplace.accounts.models import User
from marketplace.api.context import Context
from marketplace.api.execution import Operation, execute


class Command(BaseCommand):
    help = "Run a GraphQL document as a user, or as nobody, and print the answer; exits with 1 on errors."

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the document, or - for standard input")
        parser.add_argument("--user", metavar="EMAIL", help="whose eyes and hands (default: nobody's)")
        parser.add_argument("--variables", metavar="JSON", default="{}", help="an object of variables")
        parser.add_argument("--operation", metavar="NAME", help="which operation of several")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        operation = Operation(
            document=_read(options["file"]),
            variables=_variables(options["variables"]),
            name=options["operation"],
        )
        request = _request(_user(options["user"]))
        answer = execute(import_string(settings.GRAPHQL_SCHEMA), operation, Context(request))
        self.stdout.write(json.dumps(answer.body, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False))
        if "errors" in answer.body:
            sys.exit(1)


def _read(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise CommandError(f"{file} cannot be read: {fault}") from fault


def _variables(text: str) -> dict[str, Any]:
    try:
        variables = json.loads(text)
    except ValueError as fault:
        raise CommandError(f"--variables is no JSON: {fault}") from fault
    if not isinstance(variables, dict):
        raise CommandError("--variables is an object")
    return variables


def _user(email: str | None) -> User | AnonymousUser:
    if email is None:
        return AnonymousUser()
    try:
        return User.objects.get(email=email.lower(), is_active=True)
    except User.DoesNotExist:
        raise CommandError(f"There is no active user {email}.") from None


def _request(user: User | AnonymousUser) -> HttpRequest:
    """A request of this machine, with an empty session: what resolvers may ask of one."""
    request = HttpRequest()
    request.method = "POST"
    request.META = {"REMOTE_ADDR": "127.0.0.1", "SERVER_NAME": "localhost", "SERVER_PORT": "80"}
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    request.user = user
    return request
