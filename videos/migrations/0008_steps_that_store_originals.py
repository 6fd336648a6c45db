from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("videos", "0007_allow_cuts")]

    operations = [
        migrations.AlterField(
            model_name="processingstep",
            name="kind",
            field=models.CharField(
                choices=[
                    ("prepare", "Checking and preparing"),
                    ("render", "Cutting"),
                    ("package", "Making it streamable"),
                    ("poster", "Taking the still picture"),
                    ("transcribe", "Writing the words"),
                    ("captions", "Fitting the words to the cut"),
                    ("store", "Keeping the original"),
                ],
                max_length=12,
            ),
        ),
    ]
