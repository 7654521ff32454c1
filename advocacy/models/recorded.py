"""What decisions and statements share: rows of the record that a correction names."""

from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.models.bodies import is_iso2
from advocacy.models.chain import AppendOnlyQuerySet, Chained, refuse
from advocacy.models.digests import plain
from advocacy.models.evidence import by_field
from advocacy.models.roles import demand_publication
from advocacy.models.states import OF_ORGANISATIONS
from advocacy.models.text import Slug, Text
from advocacy.models.translated import Translated
from advocacy.models.wordings import Wording


class NotedQuerySet[Row: "Noted"](AppendOnlyQuerySet[Row]):
    def record(self, *, by: Any, approved_by: Any = None, **said: Any) -> Row:
        """Add a row as a member of staff; see `enter`.

        Raises PermissionDenied if neither the author nor the approver may publish, and
        ValidationError, keyed by field, saying what is missing. Nothing is saved then.
        """
        demand_publication(by, approved_by)
        row: Row = self.enter(by=by, approved_by=approved_by, **said)
        return row

    @abstractmethod
    def enter(self, *args: Any, **said: Any) -> Any:
        """Add a row, whoever writes it: for content that comes with the program."""


class RecordedQuerySet[Row: "Recorded"](NotedQuerySet[Row]):
    # The field that says on which day it happened.
    DAY = ""

    def in_force(self, day: Any = None) -> Self:
        """Rows that no correction replaced or took back; with a day, what had happened by then."""
        rows = self.filter(correction=None, took_place=True)
        return rows.filter(**{f"{self.DAY}__lte": day}) if day else rows

    def by(self, day: Any) -> Self:
        """All that the record holds of the days up to this one, corrected ones included."""
        return self.filter(**{f"{self.DAY}__lte": day})

    def newest_first(self) -> Self:
        return self.order_by(f"-{self.DAY}", "-pk")

    def free_slug(self, *words: Any) -> str:
        """A slug that is not taken, made of these words: unsc-s-2024-255, unsc-s-2024-255-2."""
        base = slugify("-".join(str(word).replace("/", "-") for word in words if word))[:100]
        taken = set(self.filter(slug__startswith=base).values_list("slug", flat=True))
        names = (base, *(f"{base}-{number}" for number in range(2, len(taken) + 3)))
        return next(name for name in names if name not in taken)


class Noted(Chained, Translated):
    """A row of the record that names who added it, and when."""

    NATURAL_KEY = "slug"
    NOT_HASHED: ClassVar[list[str]] = ["id"]

    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("recorded by"),
        editable=False,
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("approved by a second editor"),
        editable=False,
    )

    class Meta:
        abstract = True


class Recorded(Noted):
    """A row of the record with a day, that stays as it is; a wrong one is corrected by naming it.

    The correction says all anew, or that what was recorded never took place. Both stay public.
    """

    # What of it other rows hold: {name of the hashed value: (manager, field)}.
    PARTS: ClassVar[Mapping[str, tuple[str, str]]] = {}
    # Fields whose constraints the verb asks about in its own words.
    ASKED_APART: ClassVar[tuple[str, ...]] = ()

    slug = Slug(
        _("slug"),
        max_length=120,
        unique=True,
        help_text=_("By this files name it. Empty: made of who, what and when."),
    )
    took_place = models.BooleanField(
        _("it took place"),
        default=True,
        help_text=_("Unticked in a correction: what was recorded never took place."),
    )
    corrects = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="correction",
        verbose_name=_("corrects"),
    )
    correction_reason = Text(_("why it is corrected"), blank=True)

    class Meta:
        abstract = True

    @property
    def is_corrected(self) -> bool:
        return hasattr(self, "correction")

    @property
    def counts(self) -> bool:
        """Whether it is in force: no correction replaced it, or said that it never was."""
        return self.took_place and not self.is_corrected

    @property
    def standing_sources(self) -> list[Any]:
        """Its sources that are no copies."""
        return [source for source in self.sources.all() if not source.is_weak]  # type: ignore[attr-defined]

    @property
    def rests_on_copies(self) -> bool:
        """Whether nobody can open anything but copies of what it is known from."""
        return not self.standing_sources

    @classmethod
    def with_hashed(cls) -> Any:
        return cls._default_manager.prefetch_related(*(name for name, _field in cls.PARTS.values()))

    @classmethod
    def own_hashed(cls) -> list[str]:
        return [name for name in cls.HASHED if name not in cls.PARTS]

    def hashed_values(self) -> dict[str, Any]:
        """Its own fields, and what its parts say, in an order of their own."""
        values = {name: plain(getattr(self, name)) for name in self.own_hashed()}
        parts = {
            name: sorted(getattr(part, field) for part in getattr(self, manager).all())
            for name, (manager, field) in self.PARTS.items()
        }
        return {name: (values | parts)[name] for name in self.HASHED}

    @classmethod
    def hashed_values_of(cls, keys: Collection[int]) -> dict[int, dict[str, Any]]:
        found = cls.read_hashed(cls.own_hashed(), keys)
        for name, (manager, field) in cls.PARTS.items():
            relation: Any = cls._meta.get_field(manager)
            part, to_row = relation.related_model, relation.field.attname
            columns = part.HASHED_FROM.get(field, (field,))
            rows = part._default_manager.filter(**{f"{to_row}__in": [*found]}).order_by()
            said: dict[int, list[Any]] = {key: [] for key in found}
            for key, *values in rows.values_list(to_row, *columns):
                said[key].append(values[0] if len(values) == 1 else ":".join(values))
            for key, of_row in found.items():
                of_row[name] = sorted(said[key])
        return {key: {name: values[name] for name in cls.HASHED} for key, values in found.items()}

    def check_record(self, *checks: Any, exclude: Iterable[str] = ()) -> None:
        """Check all that the record demands; raises ValidationError keyed by field.

        `checks` are asked as well; the names of parts (sources, ballots) are keys as well.
        `exclude` names fields whose own errors somebody else reports.
        """
        errors: dict[str, list[ValidationError]] = {}
        for check in (
            lambda: self.clean_fields(exclude={*exclude}),
            lambda: self.validate_unique(exclude={*exclude}),
            lambda: self.validate_constraints(exclude={*exclude, *self.ASKED_APART}),
            self.check_corrects,
            *checks,
        ):
            try:
                check()
            except ValidationError as error:
                errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(by_field(errors, {f.name for f in self._meta.get_fields()}))

    def check_corrects(self) -> None:
        rows: Any = type(self)._default_manager
        if self.corrects and rows.filter(corrects=self.corrects).exists():
            refusal = gettext("This is already corrected: correct the newer one.")
            raise ValidationError({"corrects": refusal})


is_of_no_organisation = RegexValidator(
    f"^({'|'.join(sorted(OF_ORGANISATIONS))})$",
    _("“%(value)s” is the code of an organisation, not of a State."),
    inverse_match=True,
)
OF_A_STATE = [is_iso2, is_of_no_organisation]


def is_a_state(code: str) -> None:
    """Refuse what is no code of a State; raises ValidationError."""
    for validate in OF_A_STATE:
        validate(code)


def witness(rows: Iterable[Any]) -> None:
    """Put into the chain how all of these read, which a row of the record is about to stand on.

    They are locked: nobody edits them until what stands on them has joined the chain.
    """
    keys: dict[Any, set[int]] = {}
    for row in rows:
        keys.setdefault(type(row), set()).add(row.pk)
    for model in sorted(keys, key=lambda model: model.__name__):
        locked = model._default_manager.select_for_update(no_key=True)
        Wording.objects.take(locked.filter(pk__in=keys[model]).order_by("pk"))


class Part(models.Model):
    """What belongs to one row of the record and is as permanent; that row's hash covers it."""

    # The columns that what is hashed of it is made from, where that is no column itself.
    HASHED_FROM: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        ordering: ClassVar[list[str]] = ["pk"]

    save = refuse("save")
    delete = refuse("delete")


# The rules of every such row, for `Meta.constraints`; `%(class)s` is its name.
def rules_of(day: str) -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(
            condition=models.Q(**{f"{day}__lte": models.F("recorded_at")}),
            name="%(class)s_is_not_in_the_future",
            violation_error_code=day,
            violation_error_message=_("The record holds no dates in the future."),
        ),
        models.CheckConstraint(
            condition=models.Q(took_place=True) | models.Q(corrects__isnull=False),
            name="%(class)s_is_taken_back_by_a_correction",
            violation_error_code="took_place",
            violation_error_message=_("Only a correction says that it never took place."),
        ),
        models.CheckConstraint(
            condition=models.Q(corrects=None, correction_reason="")
            | (models.Q(corrects__isnull=False) & ~models.Q(correction_reason="")),
            name="%(class)s_correction_needs_reason",
            violation_error_code="correction_reason",
            violation_error_message=_("A correction names what it corrects and why."),
        ),
        models.CheckConstraint(
            condition=models.Q(corrects=None) | ~models.Q(corrects=models.F("pk")),
            name="%(class)s_does_not_correct_itself",
            violation_error_code="corrects",
            violation_error_message=_("It does not correct itself."),
        ),
    ]


@transaction.atomic
def insert_all(row: Recorded, parts: Mapping[type[Part], Iterable[Mapping[str, Any]]]) -> None:
    """Write a checked row and its parts. For the verbs of the record alone."""
    row.save_base(force_insert=True)
    to_row = row._meta.model_name
    for model, some in parts.items():
        rows = [model(**{to_row: row}, **values) for values in some]  # type: ignore[arg-type]
        models.QuerySet[Part](model).bulk_create(rows)
