from django.db import migrations, models

from advocacy.models.chain import digest_of
from advocacy.models.roles import make_groups


def chain_what_is_there(apps, schema_editor):
    entries = apps.get_model("advocacy", "StatusUpdate").objects.order_by("pk")
    previous, number = "", 0
    for entry in entries.select_related("search_log").prefetch_related("sources").iterator(2000):
        digest = digest_of(entry, entry.sources.all(), previous)
        entries.filter(pk=entry.pk).update(previous_digest=previous, digest=digest)
        previous, number = digest, number + 1
    head = apps.get_model("advocacy", "RecordHead")
    head.objects.update_or_create(pk=1, defaults={"digest": previous, "number": number})


def make_roles(apps, schema_editor):
    make_groups(
        apps.get_model("auth", "Group"),
        apps.get_model("auth", "Permission"),
        apps.get_model("contenttypes", "ContentType"),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("advocacy", "0005_staff_desk"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        migrations.RunPython(chain_what_is_there, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="statusupdate",
            constraint=models.UniqueConstraint(
                fields=("previous_digest",), name="status_update_chain_does_not_fork"
            ),
        ),
        migrations.RunPython(make_roles, migrations.RunPython.noop),
    ]
