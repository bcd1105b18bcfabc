"""Keeping the files of the purchases young."""

from django.conf import settings

from marketplace.kernel.jobs import periodic
from recommend import files, history
from recommend.files import UnusableFiles
from recommend.live import KEPT_REMOVALS
from recommend.models import Purchase
from recommend.operations import forget_removals, train

# Below, PostgreSQL answers as quickly.
WORTH_FILES = 10_000
# Files are built anew when one purchase in so many has come or gone since, and never for less than that.
ONE_IN = 50
LEAST_NEWS = 2_000


@periodic("*/5 * * * *")
def train_when_due() -> None:
    """Build the files where there are none that belong to this database, or much has happened since."""
    if is_due():
        train()


@periodic("23 4 * * *")
def forget_old_removals() -> None:
    """Notes of what is gone are kept for as long as files may need them."""
    forget_removals(older_than=KEPT_REMOVALS)


def is_due() -> bool:
    """Whether the files of this machine are to be built anew. Two statements, or one."""
    purchases = Purchase.objects.count()
    if purchases < WORTH_FILES:
        return False
    folder = settings.RECOMMEND_DIR
    name = files.current(folder)
    try:
        mark = files.mark(folder, name or "")
    except UnusableFiles:
        return True
    news = history.how_much_news(mark)
    return news is None or news > max(LEAST_NEWS, purchases // ONE_IN)
