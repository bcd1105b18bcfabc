"""What processes.py has loaded before it forks: Django, and what the processes of the tests run."""

from importlib import import_module
from typing import Final

import django

RUN: Final = ("histories", "worker_jobs", "workers")

django.setup()
for name in RUN:
    import_module(f"tests.support.{name}")
