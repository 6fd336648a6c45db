from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Everybody logs in once more: what a session must know has grown."""

    dependencies = [("accounts", "0002_tokens_end")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="sessions_ended",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
    ]
