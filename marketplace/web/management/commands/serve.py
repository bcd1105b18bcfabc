"""`manage.py serve`: the web server, for production, the demo and the benchmark alike."""

import gc
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from typing_extensions import override

from marketplace import env
from marketplace.gateway import registry
from marketplace.web import server


class Command(BaseCommand):
    help = "Serve HTTP with granian: WEB_PROCESSES processes of WEB_THREADS threads."
    requires_system_checks = []

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--host", default="127.0.0.1", help="the address to listen at (default: %(default)s)"
        )
        parser.add_argument("--port", default=8000, type=int, help="the port (default: %(default)s)")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            registry.default()
        except ImproperlyConfigured as fault:
            raise CommandError(str(fault)) from fault
        environment = env.current()
        # Loaded here, the application and its schema are shared by the processes forked from this one.
        get_wsgi_application()
        get_resolver().url_patterns  # noqa: B018  # a property that imports
        # It stays for good: the collector shall neither search it again nor touch the pages that are shared.
        gc.collect()
        gc.freeze()
        server.serve(
            host=options["host"],
            port=options["port"],
            processes=environment.web_processes,
            threads=environment.web_threads,
        )
