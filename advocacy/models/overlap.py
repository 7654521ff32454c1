"""A database constraint that Django does not ship: seats of one State in one body do not overlap.

PostgreSQL has exclusion constraints for this; SQLite gets a pair of triggers that refuse the row.
"""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.ddl_references import Statement, Table
from django.db.models.constraints import BaseConstraint

_CLASH = (
    "EXISTS (SELECT 1 FROM %(table)s AS other WHERE other.id <> NEW.id"
    " AND other.body_id = NEW.body_id AND other.country = NEW.country"
    " AND COALESCE(other.starts_on, '0001-01-01') <= COALESCE(NEW.ends_on, '9999-12-31')"
    " AND COALESCE(NEW.starts_on, '0001-01-01') <= COALESCE(other.ends_on, '9999-12-31'))"
)
_TRIGGER = (
    "CREATE TRIGGER %(name)s_{event} BEFORE {event} ON %(table)s WHEN " + _CLASH + " BEGIN"
    " SELECT RAISE(ABORT, 'CHECK constraint failed: %(name)s'); END"
)
_EXCLUDE = (
    "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s EXCLUDE USING gist"
    " (body_id WITH =, country WITH =, daterange(starts_on, ends_on, '[]') WITH &&)"
)


class SeatsDoNotOverlap(BaseConstraint):
    fields = ("body", "country", "starts_on", "ends_on")

    def __eq__(self, other):
        # Lets makemigrations see that nothing has changed.
        return isinstance(other, SeatsDoNotOverlap) and self.deconstruct() == other.deconstruct()

    __hash__ = BaseConstraint.__hash__

    def _statement(self, template, model, schema_editor):
        table = Table(model._meta.db_table, schema_editor.quote_name)
        return Statement(template, table=table, name=self.name)

    def _statements(self, model, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            templates = ["CREATE EXTENSION IF NOT EXISTS btree_gist", _EXCLUDE]
        else:
            templates = [_TRIGGER.format(event=event) for event in ("INSERT", "UPDATE")]
        return [self._statement(template, model, schema_editor) for template in templates]

    def constraint_sql(self, model, schema_editor):
        # Deferred, so that SQLite recreates the triggers whenever it rebuilds the table.
        schema_editor.deferred_sql.extend(self._statements(model, schema_editor))

    def create_sql(self, model, schema_editor):
        *first, last = self._statements(model, schema_editor)
        for statement in first:
            schema_editor.execute(statement)
        return last

    def remove_sql(self, model, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            return self._statement(
                "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s", model, schema_editor
            )
        schema_editor.execute(f"DROP TRIGGER {self.name}_INSERT")
        return f"DROP TRIGGER {self.name}_UPDATE"

    def validate(self, model, instance, exclude=None, using=None):
        if not instance.body_id or not instance.country:
            return
        others = model._default_manager.using(using).exclude(pk=instance.pk)
        others = others.filter(body_id=instance.body_id, country=instance.country)
        if instance.ends_on:
            others = others.filter(
                models.Q(starts_on=None) | models.Q(starts_on__lte=instance.ends_on)
            )
        if instance.starts_on:
            others = others.filter(
                models.Q(ends_on=None) | models.Q(ends_on__gte=instance.starts_on)
            )
        if others.exists():
            raise ValidationError(
                self.get_violation_error_message(), code=self.violation_error_code
            )
