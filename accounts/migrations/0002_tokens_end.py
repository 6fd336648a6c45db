from __future__ import annotations

from django.db import migrations, models

import accounts.models


class Migration(migrations.Migration):
    """Tokens that were made before work for another year."""

    dependencies = [("accounts", "0001_users_and_tokens")]

    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="expires_at",
            field=models.DateTimeField(default=accounts.models.token_end),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="last_used_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
