from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("videos", "0005_steps_wanted_again")]

    operations = [
        migrations.AddIndex(
            model_name="processingstep",
            index=models.Index(fields=["started_at"], name="step_started"),
        ),
    ]
