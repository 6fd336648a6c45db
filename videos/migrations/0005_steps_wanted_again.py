from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("videos", "0004_steps_carry_a_claim")]

    operations = [
        migrations.AddField(
            model_name="processingstep",
            name="wanted_again",
            field=models.BooleanField(default=False, help_text="Runs once more when it has ended"),
        ),
    ]
