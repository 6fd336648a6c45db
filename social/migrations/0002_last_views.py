from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("social", "0001_likes_comments_shares_views")]

    operations = [
        migrations.AddField(
            model_name="counts",
            name="last_viewed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
