from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("videos", "0010_totals_of_ended_steps"),
    ]

    operations = [
        migrations.RenameField(model_name="steptotal", old_name="video_ms", new_name="heard_ms"),
        migrations.AlterField(
            model_name="steptotal",
            name="heard_ms",
            field=models.PositiveBigIntegerField(default=0, help_text="How much sound they listened to for words"),
        ),
    ]
