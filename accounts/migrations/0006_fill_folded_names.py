from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from accounts.names import folded


def fill(apps: Apps, _schema: BaseDatabaseSchemaEditor) -> None:
    people = apps.get_model("accounts", "User").objects
    for person in people.only("username").iterator():
        people.filter(pk=person.pk).update(folded_name=folded(person.username))


class Migration(migrations.Migration):
    """Who is there already is compared with new names, too."""

    dependencies = [("accounts", "0005_fold_names")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
