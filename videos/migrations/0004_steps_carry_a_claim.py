from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("videos", "0003_steps_by_end")]

    operations = [
        migrations.AddField(
            model_name="processingstep",
            name="claim",
            field=models.CharField(
                blank=True, editable=False, help_text="Known only to who carries it out", max_length=32
            ),
        ),
        migrations.AlterField(
            model_name="processingstep",
            name="worker",
            field=models.CharField(blank=True, help_text="The process that has it, or had it last", max_length=80),
        ),
    ]
