from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("videos", "0001_videos_and_steps")]

    operations = [
        migrations.CreateModel(
            name="Worker",
            fields=[
                (
                    "name",
                    models.CharField(
                        help_text="As in ProcessingStep.worker", max_length=80, primary_key=True, serialize=False
                    ),
                ),
                ("host", models.CharField(max_length=80)),
                ("pid", models.PositiveIntegerField()),
                ("threads", models.PositiveSmallIntegerField()),
                ("started_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
            ],
        ),
    ]
