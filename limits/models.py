"""What was spent of a limit and has not come back yet: see limits/spending.py."""

from __future__ import annotations

from django.db import models


class Spent(models.Model):
    doer = models.CharField(max_length=200, help_text="A person, an address, or a name that is tried")
    deed = models.CharField(max_length=20)
    back_at = models.DateTimeField(db_index=True, help_text="When all of it has come back")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["doer", "deed"], name="spent_once_per_doer_and_deed")]

    def __str__(self) -> str:
        return f"{self.deed} of {self.doer}"
