from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def forget_what_was_not_heard(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """The length of their videos had been added up for all kinds of steps, however they ended."""
    totals = apps.get_model("videos", "StepTotal").objects
    totals.exclude(models.Q(kind="transcribe") & models.Q(state="done")).update(heard_ms=0)


class Migration(migrations.Migration):
    dependencies = [
        ("videos", "0011_totals_of_what_was_heard"),
    ]

    operations = [migrations.RunPython(forget_what_was_not_heard, migrations.RunPython.noop)]
