"""Trigram indexes for substring search on PostgreSQL; SQLite scans its smaller tables."""

from django.db import migrations

TABLES = ["advocacy_issue", "advocacy_targetbody", "advocacy_recommendedaction"]


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        for table in TABLES:
            schema_editor.execute(
                f"CREATE INDEX {table}_search ON {table} USING gin (search_text gin_trgm_ops)"
            )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"DROP INDEX {table}_search")


class Migration(migrations.Migration):
    dependencies = [("advocacy", "0001_the_record")]

    operations = [migrations.RunPython(create, drop, elidable=False)]
