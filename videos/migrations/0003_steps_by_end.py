from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("videos", "0002_live_workers")]

    operations = [
        migrations.AddIndex(
            model_name="processingstep",
            index=models.Index(fields=["finished_at"], name="step_finished"),
        ),
    ]
