"""What models cannot say: indexes that PostgreSQL alone has, and the table of the cache."""

from django.core.management import call_command
from django.db import migrations

SEARCHED = ["advocacy_issue", "advocacy_targetbody", "advocacy_recommendedaction"]
# Of these the desk alone searches: their texts as they are, whatever their case.
SEARCHED_IN_THE_DESK = {
    "advocacy_statusupdate": ["summary"],
    "advocacy_checkliststep": ["title", "wording"],
    "advocacy_searchlog": ["places", "terms", "gaps"],
}


def make_search_indexes(apps, schema_editor):
    """Trigram indexes; SQLite scans its smaller tables."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        for table in SEARCHED:
            schema_editor.execute(
                f"CREATE INDEX {table}_search ON {table} USING gin (search_text gin_trgm_ops)"
            )
        for table, columns in SEARCHED_IN_THE_DESK.items():
            for column in columns:
                schema_editor.execute(
                    f"CREATE INDEX {table}_{column}_search ON {table}"
                    f" USING gin (UPPER({column}::text) gin_trgm_ops)"
                )


def make_search_text_quick_to_read(apps, schema_editor):
    """A search for a common word reads all long texts: with lz4 in half the time, and a quarter
    sooner where they stand beside the rest of their rows.
    """
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'"
        )
        (has_lz4,) = cursor.fetchone() or (False,)
    for table in SEARCHED:
        column = f"ALTER TABLE {table} ALTER COLUMN search_text"
        schema_editor.execute(f"{column} SET STORAGE MAIN")
        if has_lz4:
            schema_editor.execute(f"{column} SET COMPRESSION lz4")


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
        migrations.RunPython(make_search_text_quick_to_read, migrations.RunPython.noop),
        migrations.RunPython(make_index_of_movement, migrations.RunPython.noop),
        migrations.RunPython(make_cache_table, migrations.RunPython.noop),
    ]
