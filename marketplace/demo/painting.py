"""The demo's pictures, drawn by processes of their own while everything else is loaded.

What they run imports neither Django nor our settings: it draws, renders, and hands back bytes.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Final

from marketplace.demo import motifs
from marketplace.kernel.rendering import Picture, Sizes, render

# Quick to encode: they are drawn on a new user's time.
WIDE: Final = Sizes(widths=(480, 800), effort=1)
SQUARE: Final = Sizes(widths=(96, 192), is_square=True, effort=1)
PAINTERS: Final = 2

Wanted = tuple[str, str, Sizes]


def paint(motif: str, tint: str, sizes: Sizes = WIDE) -> Picture:
    """A motif in a tint, rendered."""
    return render(motifs.draw(motif, tint=tint), sizes)


class Gallery:
    """Pictures that are being drawn; whoever asks for one waits for it."""

    def __init__(self, pool: Executor) -> None:
        self._pool = pool
        self._drawn: dict[Wanted, Future[Picture]] = {}

    def order(self, wanted: Iterable[Wanted]) -> None:
        """Begin to draw these, in this order, each once."""
        for each in wanted:
            if each not in self._drawn:
                self._drawn[each] = self._pool.submit(paint, *each)

    def take(self, motif: str, tint: str, sizes: Sizes = WIDE) -> Picture:
        """One of them; it is begun now where nobody ordered it."""
        self.order([(motif, tint, sizes)])
        return self._drawn[motif, tint, sizes].result()


@contextmanager
def gallery() -> Iterator[Gallery]:
    """Painters until the end of the block; what is not drawn by then is not drawn.

    Started anew, not forked: this process holds connections and threads.
    """
    pool = ProcessPoolExecutor(PAINTERS, mp_context=get_context("spawn"))
    try:
        yield Gallery(pool)
    finally:
        pool.shutdown(cancel_futures=True)
