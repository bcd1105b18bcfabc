"""What every object of the sandbox has."""

from django.db import models
from django.db.models import Q
from typing_extensions import override

from marketplace.kernel import clock


class SandboxObject(models.Model):
    """What every object of the sandbox has: a random reference, and play money only."""

    ref = models.CharField(max_length=64, unique=True)
    is_live = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        abstract = True
        ordering = ["pk"]
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(is_live=False), name="a_%(class)s_is_never_live")]

    @override
    def __str__(self) -> str:
        return self.ref

    @property
    def connected_ref(self) -> str:
        """The connected account whose object it is; empty: the platform's own."""
        return ""
