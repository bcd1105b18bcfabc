"""The engine of this process: the latest files, and every purchase that was committed since they were made.

Each answer first reads what is new, in one statement, so a purchase counts in the next answer, its buyer's
and the others', in every process. Where there are no files, or none that belong to this database, there is
no engine, and the selectors ask PostgreSQL instead.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import Final

from django.conf import settings
from django.utils.module_loading import import_string

from marketplace.kernel import clock
from recommend import files, history
from recommend.engine import Engine
from recommend.files import UnusableFiles

logger = logging.getLogger(__name__)

# Notes of what is gone are kept so long (recommend/jobs.py): files that are older would miss some.
KEPT_REMOVALS: Final = timedelta(days=30)


@dataclass
class _State:
    """An engine and what it knows. Its changes are made, and its answers given, under the lock."""

    name: str
    home: str
    too_old_at: float
    seen: str
    engine: Engine


class Live:
    """One for a process; its threads take turns."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._state: _State | None = None
        self._unusable = ""

    @contextmanager
    def engine(self) -> Iterator[Engine | None]:
        """The engine, which knows all that the database shows at this moment; None where there is none.

        One statement, and none where there are no files. Locks: the other threads of this process wait for
        the block. What the open transaction has written itself is known to this block alone.
        """
        state = self._opened()
        while state is not None:
            seen = state.seen
            news = history.news(seen)
            if news.home != state.home or clock.now().timestamp() > state.too_old_at:
                break
            with self._lock:
                if state.seen != seen:
                    continue  # another thread was quicker; what was read here may be older than what it read
                engine = state.engine.copied() if news.is_own else state.engine
                engine.overlay.apply(news.gone, news.bought)
                if not news.is_own:
                    state.seen = news.seen
                yield engine
                return
        yield None

    def _opened(self) -> _State | None:
        folder = settings.RECOMMEND_DIR
        name = files.current(folder)
        if name is None:
            return None
        with self._lock:
            if self._state is None or self._state.name != name:
                self._state = self._open(name)
            return self._state

    def _open(self, name: str) -> _State | None:
        if name == self._unusable:
            return None
        folder = settings.RECOMMEND_DIR
        try:
            mark, matrix = files.mark(folder, name), files.load(folder, name)
        except UnusableFiles as fault:
            self._unusable = name
            logger.warning("recommendations are asked of the database: %s", fault)
            return None
        return _State(
            name=name,
            home=mark.home,
            too_old_at=(mark.taken_at + KEPT_REMOVALS).timestamp(),
            seen=mark.seen,
            engine=Engine(matrix, import_string(settings.RECOMMEND_CANDIDATES)),
        )


LIVE: Final = Live()
