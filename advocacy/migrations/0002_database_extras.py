"""What models cannot say: indexes that PostgreSQL alone has, and the table of the cache."""

from django.core.management import call_command
from django.db import migrations

SEARCHED = ["advocacy_issue", "advocacy_targetbody", "advocacy_recommendedaction"]


def make_search_indexes(apps, schema_editor):
    """Trigram indexes; SQLite scans its smaller tables."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        for table in SEARCHED:
            schema_editor.execute(
                f"CREATE INDEX {table}_search ON {table} USING gin (search_text gin_trgm_ops)"
            )


def make_index_of_movement(apps, schema_editor):
    """For the order "latest movement" of the list of asks; SQLite sorts its smaller tables."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE INDEX standing_by_move ON advocacy_standingtoday"
            " (last_moved_on DESC NULLS LAST, action_id)"
        )


def make_cache_table(apps, schema_editor):
    call_command("createcachetable", "advocacy_cache", database=schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [("advocacy", "0001_initial")]
    operations = [
        migrations.RunPython(make_search_indexes, migrations.RunPython.noop),
        migrations.RunPython(make_index_of_movement, migrations.RunPython.noop),
        migrations.RunPython(make_cache_table, migrations.RunPython.noop),
    ]
