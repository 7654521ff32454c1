import uuid

import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import advocacy.models.overlap


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ContentVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveBigIntegerField(editable=False)),
            ],
        ),
        migrations.CreateModel(
            name="Issue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "edited_by_staff_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Set at the first edit here; from then on load_content leaves the row alone.",
                        null=True,
                        verbose_name="edited by staff",
                    ),
                ),
                ("search_text", models.TextField(default="", editable=False)),
                ("slug", models.SlugField(unique=True, verbose_name="slug")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("question", models.CharField(max_length=300, verbose_name="question")),
                (
                    "summary",
                    models.TextField(
                        help_text="As it is today: a page of a past day leaves it out.",
                        verbose_name="summary",
                    ),
                ),
                ("opened_on", models.DateField(verbose_name="opened")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
            ],
            options={
                "verbose_name": "issue",
                "verbose_name_plural": "issues",
                "ordering": ["position", "title"],
            },
        ),
        migrations.CreateModel(
            name="LegalReference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "edited_by_staff_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Set at the first edit here; from then on load_content leaves the row alone.",
                        null=True,
                        verbose_name="edited by staff",
                    ),
                ),
                ("slug", models.SlugField(unique=True, verbose_name="slug")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("point", models.TextField(verbose_name="what it says")),
                ("url", models.URLField(blank=True, max_length=500, verbose_name="official text")),
                ("caution", models.TextField(blank=True, verbose_name="caution")),
            ],
            options={
                "verbose_name": "legal reference",
                "verbose_name_plural": "legal references",
                "ordering": ["title"],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "edited_by_staff_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Set at the first edit here; from then on load_content leaves the row alone.",
                        null=True,
                        verbose_name="edited by staff",
                    ),
                ),
                ("slug", models.SlugField(unique=True, verbose_name="slug")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "abbreviation",
                    models.CharField(blank=True, max_length=30, verbose_name="abbreviation"),
                ),
                ("url", models.URLField(blank=True, max_length=500, verbose_name="website")),
                ("description", models.TextField(blank=True, verbose_name="description")),
            ],
            options={
                "verbose_name": "organisation",
                "verbose_name_plural": "organisations",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Topic",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "edited_by_staff_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Set at the first edit here; from then on load_content leaves the row alone.",
                        null=True,
                        verbose_name="edited by staff",
                    ),
                ),
                ("slug", models.SlugField(unique=True, verbose_name="slug")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
            ],
            options={
                "verbose_name": "topic",
                "verbose_name_plural": "topics",
                "ordering": ["position", "name"],
            },
        ),
        migrations.CreateModel(
            name="Worker",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=64, unique=True)),
                ("queues", models.CharField(max_length=40)),
                ("seen_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(editable=False, max_length=64)),
                ("made_at", models.DateTimeField(editable=False)),
            ],
            options={
                "indexes": [models.Index(fields=["key", "made_at"], name="attempts_are_counted")],
            },
        ),
        migrations.CreateModel(
            name="Edition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("sending", "being sent"),
                            ("paused", "paused"),
                            ("sent", "sent"),
                            ("cancelled", "cancelled"),
                        ],
                        default="planned",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                (
                    "paused_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="paused at"),
                ),
                (
                    "paused_for",
                    models.CharField(
                        blank=True, editable=False, max_length=40, verbose_name="paused because of"
                    ),
                ),
                ("refused_with", models.CharField(blank=True, editable=False, max_length=40)),
                ("refused_in_a_row", models.PositiveSmallIntegerField(default=0, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("notice", "notice"), ("digest", "weekly digest")],
                        max_length=6,
                        verbose_name="kind",
                    ),
                ),
                (
                    "week",
                    models.DateField(
                        blank=True,
                        help_text="The Monday it starts on.",
                        null=True,
                        unique=True,
                        verbose_name="week",
                    ),
                ),
                ("send_at", models.DateTimeField(verbose_name="goes out at")),
                (
                    "started_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="started at"),
                ),
                (
                    "finished_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="finished at"),
                ),
                (
                    "planned_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="planned by",
                    ),
                ),
            ],
            options={
                "verbose_name": "edition",
                "verbose_name_plural": "editions",
                "ordering": ["-send_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalEvent",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "edited_by_staff_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Set at the first edit here; from then on load_content leaves the row alone.",
                        null=True,
                        verbose_name="edited by staff",
                    ),
                ),
                ("slug", models.SlugField(max_length=80, verbose_name="slug")),
                ("happened_on", models.DateField(verbose_name="happened on")),
                (
                    "happened_precision",
                    models.CharField(
                        choices=[("day", "day"), ("month", "month"), ("year", "year")],
                        default="day",
                        max_length=5,
                        verbose_name="precision of the date",
                    ),
                ),
                ("title", models.CharField(max_length=300, verbose_name="title")),
                (
                    "text",
                    models.TextField(
                        blank=True,
                        help_text="In our words: say who claims what.",
                        verbose_name="what happened",
                    ),
                ),
                (
                    "by_states",
                    models.CharField(
                        blank=True,
                        help_text="Country codes with commas between: KP, RU.",
                        max_length=100,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}(, ?[A-Z]{2})*$",
                                "Give the two capital letters of each country (ISO 3166), with commas between: KP, RU.",
                            )
                        ],
                        verbose_name="by States",
                    ),
                ),
                (
                    "about_states",
                    models.CharField(
                        blank=True,
                        max_length=100,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}(, ?[A-Z]{2})*$",
                                "Give the two capital letters of each country (ISO 3166), with commas between: KP, RU.",
                            )
                        ],
                        verbose_name="about States",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical event",
                "verbose_name_plural": "historical events",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalIssue",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "edited_by_staff_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Set at the first edit here; from then on load_content leaves the row alone.",
                        null=True,
                        verbose_name="edited by staff",
                    ),
                ),
                ("slug", models.SlugField(verbose_name="slug")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("question", models.CharField(max_length=300, verbose_name="question")),
                (
                    "summary",
                    models.TextField(
                        help_text="As it is today: a page of a past day leaves it out.",
                        verbose_name="summary",
                    ),
                ),
                ("opened_on", models.DateField(verbose_name="opened")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical issue",
                "verbose_name_plural": "historical issues",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalPack",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "edited_by_staff_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Set at the first edit here; from then on load_content leaves the row alone.",
                        null=True,
                        verbose_name="edited by staff",
                    ),
                ),
                ("slug", models.SlugField(max_length=80, verbose_name="slug")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "summary",
                    models.CharField(
                        help_text="In one sentence.", max_length=400, verbose_name="summary"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("letter", "letter"),
                            ("outline", "outline"),
                            ("statement", "statement"),
                            ("paragraphs", "draft paragraphs"),
                            ("questions", "parliamentary questions"),
                            ("representation", "representation"),
                            ("press", "press line"),
                            ("guideline", "guideline"),
                            ("posts", "posts"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("who", models.TextField(verbose_name="who may use or sign it")),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(
                        help_text="How long it takes to read it and to fill it in.",
                        verbose_name="minutes",
                    ),
                ),
                (
                    "spoken_seconds",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Of an oral statement: how long a speaker has where it is made.",
                        null=True,
                        verbose_name="seconds to speak",
                    ),
                ),
                (
                    "language",
                    models.CharField(default="en", max_length=16, verbose_name="language"),
                ),
                (
                    "text",
                    models.TextField(
                        help_text="Markdown: headings from ## on, paragraphs, lists, > quotations. A place to fill in stands [in brackets]. What is spoken of an oral statement stands as a quotation.",
                        verbose_name="text",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical pack",
                "verbose_name_plural": "historical packs",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalParagraph",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "edited_by_staff_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Set at the first edit here; from then on load_content leaves the row alone.",
                        null=True,
                        verbose_name="edited by staff",
                    ),
                ),
                ("slug", models.SlugField(blank=True, max_length=80, verbose_name="slug")),
                (
                    "day",
                    models.DateField(
                        blank=True,
                        help_text="The last day that it tells of. Empty: it holds on any day.",
                        null=True,
                        verbose_name="day",
                    ),
                ),
                (
                    "precision",
                    models.CharField(
                        choices=[("day", "day"), ("month", "month"), ("year", "year")],
                        default="day",
                        max_length=5,
                        verbose_name="precision of the date",
                    ),
                ),
                ("text", models.TextField(help_text="Say who claims what.", verbose_name="text")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="advocacy.issue",
                        verbose_name="issue",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical paragraph",
                "verbose_name_plural": "historical paragraphs",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "edited_by_staff_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Set at the first edit here; from then on load_content leaves the row alone.",
                        null=True,
                        verbose_name="edited by staff",
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="slug")),
                ("happened_on", models.DateField(verbose_name="happened on")),
                (
                    "happened_precision",
                    models.CharField(
                        choices=[("day", "day"), ("month", "month"), ("year", "year")],
                        default="day",
                        max_length=5,
                        verbose_name="precision of the date",
                    ),
                ),
                ("title", models.CharField(max_length=300, verbose_name="title")),
                (
                    "text",
                    models.TextField(
                        blank=True,
                        help_text="In our words: say who claims what.",
                        verbose_name="what happened",
                    ),
                ),
                (
                    "by_states",
                    models.CharField(
                        blank=True,
                        help_text="Country codes with commas between: KP, RU.",
                        max_length=100,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}(, ?[A-Z]{2})*$",
                                "Give the two capital letters of each country (ISO 3166), with commas between: KP, RU.",
                            )
                        ],
                        verbose_name="by States",
                    ),
                ),
                (
                    "about_states",
                    models.CharField(
                        blank=True,
                        max_length=100,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}(, ?[A-Z]{2})*$",
                                "Give the two capital letters of each country (ISO 3166), with commas between: KP, RU.",
                            )
                        ],
                        verbose_name="about States",
                    ),
                ),
                (
                    "issues",
                    models.ManyToManyField(
                        related_name="events", to="advocacy.issue", verbose_name="issues"
                    ),
                ),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "ordering": ["happened_on", "pk"],
            },
        ),
        migrations.AddField(
            model_name="issue",
            name="legal_references",
            field=models.ManyToManyField(
                blank=True,
                related_name="issues",
                to="advocacy.legalreference",
                verbose_name="legal basis",
            ),
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                (
                    "number",
                    models.PositiveBigIntegerField(
                        primary_key=True, serialize=False, verbose_name="number"
                    ),
                ),
                ("kind", models.CharField(max_length=20, verbose_name="kind")),
                ("key", models.BigIntegerField(verbose_name="row")),
                ("salts", models.BinaryField()),
                ("withheld", models.JSONField(blank=True, default=dict)),
                (
                    "previous",
                    models.CharField(max_length=64, unique=True, verbose_name="hash before"),
                ),
                ("digest", models.CharField(max_length=64, unique=True, verbose_name="hash")),
            ],
            options={
                "verbose_name": "link of the chain",
                "verbose_name_plural": "links of the chain",
                "ordering": ["number"],
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "key"), name="link_holds_a_row_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="MailOutage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="mail_outage_is_one")
                ],
            },
        ),
        migrations.CreateModel(
            name="NetworkUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("network", models.CharField(editable=False, max_length=64)),
                ("hour", models.DateTimeField(editable=False)),
                ("number", models.PositiveIntegerField(default=0, editable=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("network", "hour"), name="network_use_is_counted_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RecommendedAction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "edited_by_staff_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Set at the first edit here; from then on load_content leaves the row alone.",
                        null=True,
                        verbose_name="edited by staff",
                    ),
                ),
                ("search_text", models.TextField(default="", editable=False)),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="slug")),
                (
                    "reference",
                    models.CharField(
                        help_text="To quote in letters: NK-06.",
                        max_length=20,
                        unique=True,
                        verbose_name="reference",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="the ask in one line")),
                ("text", models.TextField(verbose_name="the ask")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("open", "open"),
                            ("split", "split into more precise asks"),
                            ("superseded", "replaced by a newer ask"),
                            ("withdrawn", "withdrawn by those who asked"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="life of the ask",
                    ),
                ),
                (
                    "listed_on",
                    models.DateField(
                        default=django.utils.timezone.localdate,
                        help_text="When it was put to the body is said by its submissions.",
                        verbose_name="in this record since",
                    ),
                ),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="closed on")),
                (
                    "closed_because",
                    models.TextField(
                        blank=True,
                        help_text="Who withdrew or replaced it, and why.",
                        verbose_name="why it is closed",
                    ),
                ),
                ("legal_note", models.TextField(blank=True, verbose_name="legal note")),
                ("counts_as_done", models.TextField(verbose_name="what would count as done")),
                ("counts_as_refused", models.TextField(verbose_name="what would count as refused")),
                (
                    "expected_by",
                    models.DateField(blank=True, null=True, verbose_name="answer expected by"),
                ),
                (
                    "expected_basis",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("rule", "the body's rule of procedure"),
                            ("promise", "the body's own promise"),
                            ("ours", "our expectation"),
                        ],
                        max_length=10,
                        verbose_name="why by then",
                    ),
                ),
                (
                    "expected_rule",
                    models.TextField(
                        blank=True,
                        help_text="As anyone can find it: which text and paragraph, or who said it and when.",
                        verbose_name="the rule or the promise",
                    ),
                ),
                (
                    "paused_on",
                    models.DateField(blank=True, null=True, verbose_name="clock paused on"),
                ),
                (
                    "pause_reason",
                    models.TextField(blank=True, verbose_name="why the clock is paused"),
                ),
                (
                    "also_on",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Further issues that list it as well; in totals it counts once.",
                        related_name="further_actions",
                        to="advocacy.issue",
                        verbose_name="also on",
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="actions",
                        to="advocacy.issue",
                        verbose_name="issue",
                    ),
                ),
                (
                    "legal_references",
                    models.ManyToManyField(
                        blank=True,
                        related_name="actions",
                        to="advocacy.legalreference",
                        verbose_name="legal basis",
                    ),
                ),
                (
                    "superseded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supersedes",
                        to="advocacy.recommendedaction",
                        verbose_name="replaced by",
                    ),
                ),
            ],
            options={
                "verbose_name": "recommended action",
                "verbose_name_plural": "recommended actions",
                "ordering": ["issue", "body", "reference"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalChecklistStep",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "edited_by_staff_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Set at the first edit here; from then on load_content leaves the row alone.",
                        null=True,
                        verbose_name="edited by staff",
                    ),
                ),
                ("slug", models.SlugField(max_length=80, verbose_name="slug")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("anyone", "anyone"),
                            ("campaigner", "campaigners"),
                            ("ngo", "NGOs"),
                            ("union", "trade unions and employers"),
                            ("journalist", "journalists"),
                            ("researcher", "lawyers and researchers"),
                            ("family", "families and witnesses"),
                        ],
                        max_length=12,
                        verbose_name="audience",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("email", "write an e-mail"),
                            ("letter", "send a letter"),
                            ("post", "post publicly"),
                            ("call", "call"),
                            ("submit", "submit information"),
                            ("meet", "meet"),
                            ("read", "read and check"),
                            ("share", "share"),
                        ],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("minutes", models.PositiveSmallIntegerField(verbose_name="minutes")),
                ("title", models.CharField(max_length=200, verbose_name="what to do")),
                (
                    "wording",
                    models.TextField(
                        help_text="Text to start from, in plain words that can be sent as it is.",
                        verbose_name="wording",
                    ),
                ),
                ("url", models.URLField(blank=True, max_length=500, verbose_name="official link")),
                (
                    "url_label",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="what the link opens"
                    ),
                ),
                (
                    "when_status",
                    models.CharField(
                        blank=True,
                        help_text="Codes of statuses or phases, separated by commas (no_answer, blocked): outside them the step is shown as closed. Empty: always open.",
                        max_length=120,
                        verbose_name="only while the status is",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "action",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="advocacy.recommendedaction",
                        verbose_name="ask",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical checklist step",
                "verbose_name_plural": "historical checklist steps",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalAskRelation",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "edited_by_staff_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Set at the first edit here; from then on load_content leaves the row alone.",
                        null=True,
                        verbose_name="edited by staff",
                    ),
                ),
                ("slug", models.SlugField(blank=True, max_length=80, verbose_name="slug")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("split_into", "split into"),
                            ("same_call", "the same call to another body"),
                            ("depends_on", "depends on"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "action",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="advocacy.recommendedaction",
                        verbose_name="ask",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="advocacy.recommendedaction",
                        verbose_name="other ask",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical relation of asks",
                "verbose_name_plural": "historical relations of asks",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="ChecklistStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "edited_by_staff_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Set at the first edit here; from then on load_content leaves the row alone.",
                        null=True,
                        verbose_name="edited by staff",
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="slug")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("anyone", "anyone"),
                            ("campaigner", "campaigners"),
                            ("ngo", "NGOs"),
                            ("union", "trade unions and employers"),
                            ("journalist", "journalists"),
                            ("researcher", "lawyers and researchers"),
                            ("family", "families and witnesses"),
                        ],
                        max_length=12,
                        verbose_name="audience",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("email", "write an e-mail"),
                            ("letter", "send a letter"),
                            ("post", "post publicly"),
                            ("call", "call"),
                            ("submit", "submit information"),
                            ("meet", "meet"),
                            ("read", "read and check"),
                            ("share", "share"),
                        ],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("minutes", models.PositiveSmallIntegerField(verbose_name="minutes")),
                ("title", models.CharField(max_length=200, verbose_name="what to do")),
                (
                    "wording",
                    models.TextField(
                        help_text="Text to start from, in plain words that can be sent as it is.",
                        verbose_name="wording",
                    ),
                ),
                ("url", models.URLField(blank=True, max_length=500, verbose_name="official link")),
                (
                    "url_label",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="what the link opens"
                    ),
                ),
                (
                    "when_status",
                    models.CharField(
                        blank=True,
                        help_text="Codes of statuses or phases, separated by commas (no_answer, blocked): outside them the step is shown as closed. Empty: always open.",
                        max_length=120,
                        verbose_name="only while the status is",
                    ),
                ),
                (
                    "action",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="advocacy.recommendedaction",
                        verbose_name="ask",
                    ),
                ),
            ],
            options={
                "verbose_name": "checklist step",
                "verbose_name_plural": "checklist steps",
                "ordering": ["action", "position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="AskRelation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "edited_by_staff_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Set at the first edit here; from then on load_content leaves the row alone.",
                        null=True,
                        verbose_name="edited by staff",
                    ),
                ),
                (
                    "slug",
                    models.SlugField(blank=True, max_length=80, unique=True, verbose_name="slug"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("split_into", "split into"),
                            ("same_call", "the same call to another body"),
                            ("depends_on", "depends on"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "action",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="relations",
                        to="advocacy.recommendedaction",
                        verbose_name="ask",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="related_from",
                        to="advocacy.recommendedaction",
                        verbose_name="other ask",
                    ),
                ),
            ],
            options={
                "verbose_name": "relation of asks",
                "verbose_name_plural": "relations of asks",
                "ordering": ["kind", "action", "other"],
            },
        ),
        migrations.CreateModel(
            name="RecordHead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(blank=True, max_length=64, verbose_name="hash")),
                ("number", models.PositiveBigIntegerField(default=0, verbose_name="links")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="record_head_is_one")
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchLog",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "edited_by_staff_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Set at the first edit here; from then on load_content leaves the row alone.",
                        null=True,
                        verbose_name="edited by staff",
                    ),
                ),
                (
                    "key",
                    models.SlugField(blank=True, editable=False, max_length=80, verbose_name="key"),
                ),
                ("searched_on", models.DateField(verbose_name="searched on")),
                (
                    "places",
                    models.TextField(help_text="One per line.", verbose_name="places searched"),
                ),
                ("terms", models.TextField(help_text="One per line.", verbose_name="search terms")),
                (
                    "gaps",
                    models.TextField(
                        help_text="What we could not look at, or could not read.",
                        verbose_name="known gaps",
                    ),
                ),
                (
                    "searched_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="searched by",
                    ),
                ),
            ],
            options={
                "verbose_name": "search log",
                "verbose_name_plural": "search logs",
                "ordering": ["-searched_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="SignIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "tried_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="when"),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[("in", "signed in"), ("refused", "refused")],
                        max_length=7,
                        verbose_name="outcome",
                    ),
                ),
                ("method", models.CharField(blank=True, max_length=100, verbose_name="how")),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sign_ins",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
            ],
            options={
                "verbose_name": "sign-in",
                "verbose_name_plural": "sign-ins",
                "ordering": ["-tried_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "edited_by_staff_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Set at the first edit here; from then on load_content leaves the row alone.",
                        null=True,
                        verbose_name="edited by staff",
                    ),
                ),
                (
                    "key",
                    models.SlugField(blank=True, editable=False, max_length=80, verbose_name="key"),
                ),
                ("title", models.CharField(max_length=300, verbose_name="title")),
                (
                    "summary",
                    models.TextField(
                        blank=True,
                        help_text="In our words, naming who claims it.",
                        verbose_name="what it says",
                    ),
                ),
                ("publisher", models.CharField(max_length=200, verbose_name="publisher")),
                ("url", models.URLField(max_length=1000, verbose_name="address")),
                ("published_on", models.DateField(verbose_name="published")),
                (
                    "published_precision",
                    models.CharField(
                        choices=[("day", "day"), ("month", "month"), ("year", "year")],
                        default="day",
                        max_length=5,
                        verbose_name="precision of the date",
                    ),
                ),
                (
                    "tier",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "T1 official record"),
                            (2, "T2 official statement"),
                            (3, "T3 independent reporting or research"),
                            (4, "T4 campaign or partner report"),
                        ],
                        verbose_name="tier",
                    ),
                ),
                (
                    "is_independent",
                    models.BooleanField(
                        choices=[(True, "yes, somebody else’s"), (False, "no, the body’s own")],
                        help_text="Not written, paid for or controlled by the body that was asked.",
                        verbose_name="independent of the body",
                    ),
                ),
                (
                    "language",
                    models.CharField(default="en", max_length=16, verbose_name="language"),
                ),
                (
                    "quote",
                    models.TextField(blank=True, verbose_name="quotation in the original language"),
                ),
                ("quote_translation", models.TextField(blank=True, verbose_name="our translation")),
                (
                    "accessed_on",
                    models.DateField(
                        blank=True,
                        help_text="Empty: nobody here opened it, and whatever rests on it says so.",
                        null=True,
                        verbose_name="read on",
                    ),
                ),
                (
                    "archive_url",
                    models.URLField(blank=True, max_length=1000, verbose_name="archived copy"),
                ),
                (
                    "sha256",
                    models.CharField(
                        blank=True,
                        max_length=64,
                        validators=[django.core.validators.RegexValidator("^[0-9a-f]{64}$")],
                        verbose_name="SHA-256 of what was read",
                    ),
                ),
                (
                    "is_weak",
                    models.BooleanField(
                        default=False,
                        help_text="A copy or an aggregator: never the only source of a status, not linked.",
                        verbose_name="weak",
                    ),
                ),
                (
                    "exposes_people",
                    models.BooleanField(
                        default=False,
                        help_text="Faces, names or whereabouts of captives, witnesses or families: links warn.",
                        verbose_name="may show people at risk",
                    ),
                ),
                (
                    "link_checked_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="address tried"),
                ),
                (
                    "link_answer",
                    models.CharField(
                        blank=True, editable=False, max_length=200, verbose_name="answer"
                    ),
                ),
                ("link_failures", models.PositiveSmallIntegerField(default=0, editable=False)),
                (
                    "dead_since",
                    models.DateTimeField(editable=False, null=True, verbose_name="dead since"),
                ),
            ],
            options={
                "verbose_name": "source",
                "verbose_name_plural": "sources",
                "ordering": ["-published_on", "title"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("key", ""), _negated=True),
                        fields=("key",),
                        name="source_key_is_unique",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tier__in", [1, 2, 3, 4])),
                        name="source_tier_is_known",
                        violation_error_message="Choose a tier from T1 to T4.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("published_precision__in", ["day", "month", "year"])),
                        name="source_precision_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Paragraph",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "edited_by_staff_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Set at the first edit here; from then on load_content leaves the row alone.",
                        null=True,
                        verbose_name="edited by staff",
                    ),
                ),
                (
                    "slug",
                    models.SlugField(blank=True, max_length=80, unique=True, verbose_name="slug"),
                ),
                (
                    "day",
                    models.DateField(
                        blank=True,
                        help_text="The last day that it tells of. Empty: it holds on any day.",
                        null=True,
                        verbose_name="day",
                    ),
                ),
                (
                    "precision",
                    models.CharField(
                        choices=[("day", "day"), ("month", "month"), ("year", "year")],
                        default="day",
                        max_length=5,
                        verbose_name="precision of the date",
                    ),
                ),
                ("text", models.TextField(help_text="Say who claims what.", verbose_name="text")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="paragraphs",
                        to="advocacy.issue",
                        verbose_name="issue",
                    ),
                ),
                (
                    "sources",
                    models.ManyToManyField(
                        blank=True,
                        related_name="paragraphs",
                        to="advocacy.source",
                        verbose_name="sources",
                    ),
                ),
            ],
            options={
                "verbose_name": "paragraph",
                "verbose_name_plural": "paragraphs",
                "ordering": ["issue", "position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="EventSource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="advocacy.event",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="advocacy.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "source of an event",
                "verbose_name_plural": "sources of events",
            },
        ),
        migrations.AddField(
            model_name="event",
            name="sources",
            field=models.ManyToManyField(
                related_name="events",
                through="advocacy.EventSource",
                to="advocacy.source",
                verbose_name="sources",
            ),
        ),
        migrations.CreateModel(
            name="Citation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="citations",
                        to="advocacy.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "citation",
                "verbose_name_plural": "citations",
                "ordering": ["pk"],
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="StaffCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("taken_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StatusUpdate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "key",
                    models.SlugField(blank=True, editable=False, max_length=80, verbose_name="key"),
                ),
                (
                    "status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("acknowledged", "Acknowledged"),
                            ("under_discussion", "Under discussion"),
                            ("committed", "Promised"),
                            ("partial_action", "Partial action"),
                            ("action_taken", "Action taken"),
                            ("implemented", "Carried out, verified"),
                            ("refused", "Refused"),
                            ("blocked", "Blocked"),
                            ("reversed", "Reversed"),
                            ("overtaken", "Overtaken by events"),
                        ],
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="happened on")),
                (
                    "happened_precision",
                    models.CharField(
                        choices=[("day", "day"), ("month", "month"), ("year", "year")],
                        default="day",
                        max_length=5,
                        verbose_name="precision of the date",
                    ),
                ),
                (
                    "checked_on",
                    models.DateField(
                        default=django.utils.timezone.localdate, verbose_name="checked on"
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now,
                        editable=False,
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "summary",
                    models.TextField(
                        blank=True,
                        help_text="Name the actor and what was done; claims stay claims.",
                        verbose_name="what happened",
                    ),
                ),
                (
                    "asserted_by",
                    models.CharField(
                        choices=[
                            ("body", "the body itself"),
                            ("state", "a State"),
                            ("civil_society", "civil society"),
                            ("us", "the editors of this record"),
                        ],
                        max_length=14,
                        verbose_name="claimed by",
                    ),
                ),
                (
                    "verification",
                    models.CharField(
                        choices=[
                            ("reported", "reported"),
                            ("documented", "documented"),
                            ("verified", "independently verified"),
                        ],
                        max_length=10,
                        verbose_name="verification",
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        blank=True,
                        help_text="Document symbol, meeting number, paragraph, or the act in a few words.",
                        max_length=200,
                        verbose_name="symbol, meeting or paragraph",
                    ),
                ),
                ("quote", models.TextField(blank=True, verbose_name="exact words")),
                (
                    "speaker",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="who spoke, and in what capacity"
                    ),
                ),
                ("missing", models.TextField(blank=True, verbose_name="what is still missing")),
                (
                    "blocked_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            (
                                "veto",
                                "veto: nine votes or more in favour, and a permanent member against",
                            ),
                            ("votes_short", "fewer votes in favour than needed"),
                            ("off_agenda", "kept off the agenda by a procedural vote or objection"),
                            ("not_receivable", "declared not receivable"),
                            ("no_competence", "the body has no competence"),
                            ("mandate_ended", "the mandate ended"),
                            ("other", "another rule or actor"),
                        ],
                        max_length=16,
                        verbose_name="how it was blocked",
                    ),
                ),
                (
                    "blocked_by",
                    models.CharField(
                        blank=True,
                        help_text="Country codes separated by commas (RU), or the rule or organ.",
                        max_length=200,
                        verbose_name="who blocked it",
                    ),
                ),
                (
                    "refused_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("stated_position", "stated its position against"),
                            ("vote_lost_on_merits", "a vote on the merits was lost"),
                            ("declined_invitation", "declined an invitation"),
                            ("other", "another refusal in words"),
                        ],
                        max_length=20,
                        verbose_name="how it was refused",
                    ),
                ),
                (
                    "votes_for",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="votes in favour"
                    ),
                ),
                (
                    "votes_against",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="votes against"
                    ),
                ),
                (
                    "votes_abstained",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="abstentions"
                    ),
                ),
                (
                    "receipt_on",
                    models.DateField(
                        blank=True,
                        help_text="An acknowledgement sent to us, kept privately.",
                        null=True,
                        verbose_name="date of our own receipt",
                    ),
                ),
                (
                    "transition_reason",
                    models.TextField(
                        blank=True,
                        help_text="Needed where the vocabulary asks for it: for example a step back.",
                        verbose_name="reason for this change",
                    ),
                ),
                (
                    "is_setback",
                    models.BooleanField(
                        default=False,
                        help_text="To be ticked where the status goes backwards.",
                        verbose_name="this is a setback",
                    ),
                ),
                (
                    "points_other_way",
                    models.BooleanField(
                        default=False,
                        help_text="It says the opposite of what was asked, without being a refusal.",
                        verbose_name="points the other way",
                    ),
                ),
                (
                    "correction_reason",
                    models.TextField(blank=True, verbose_name="why it is corrected"),
                ),
                (
                    "tell",
                    models.CharField(
                        choices=[
                            ("digest", "in the weekly digest"),
                            ("at_once", "at once"),
                            ("nobody", "not at all"),
                        ],
                        default="nobody",
                        help_text="At once: the mail goes out in ten minutes and can be cancelled until then.",
                        max_length=7,
                        verbose_name="tell followers",
                    ),
                ),
                (
                    "action",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="updates",
                        to="advocacy.recommendedaction",
                        verbose_name="ask",
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="approved by a second editor",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correction",
                        to="advocacy.statusupdate",
                        verbose_name="corrects",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        blank=True,
                        help_text="Where it is on file: timelines then show it once.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="updates",
                        to="advocacy.event",
                        verbose_name="event",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
                (
                    "search_log",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="updates",
                        to="advocacy.searchlog",
                        verbose_name="search log",
                    ),
                ),
                (
                    "sources",
                    models.ManyToManyField(
                        related_name="updates",
                        through="advocacy.Citation",
                        to="advocacy.source",
                        verbose_name="sources",
                    ),
                ),
                (
                    "undoes",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undone_by",
                        to="advocacy.statusupdate",
                        verbose_name="entry undone",
                    ),
                ),
            ],
            options={
                "verbose_name": "status update",
                "verbose_name_plural": "status updates",
                "ordering": ["-happened_on", "-pk"],
                "permissions": [("publish_statusupdate", "Can publish entries of the record")],
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Selection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(editable=False, max_length=64)),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="selections",
                        to="advocacy.edition",
                    ),
                ),
                ("entries", models.ManyToManyField(related_name="+", to="advocacy.statusupdate")),
            ],
            options={
                "verbose_name": "selection of a digest",
                "verbose_name_plural": "selections of digests",
            },
        ),
        migrations.AddField(
            model_name="edition",
            name="entry",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="edition",
                to="advocacy.statusupdate",
                verbose_name="entry",
            ),
        ),
        migrations.AddField(
            model_name="edition",
            name="sent_entry",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="advocacy.statusupdate",
            ),
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="decided at"),
                ),
                (
                    "written_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="written at"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("returned", "given back"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="waiting",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                (
                    "entry",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="entry"
                    ),
                ),
                (
                    "later_reason",
                    models.TextField(blank=True, verbose_name="reason for the later entry"),
                ),
                ("remark", models.TextField(blank=True, verbose_name="remark")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written by",
                    ),
                ),
                (
                    "action",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to="advocacy.recommendedaction",
                        verbose_name="ask",
                    ),
                ),
                (
                    "sources",
                    models.ManyToManyField(
                        related_name="+", to="advocacy.source", verbose_name="sources"
                    ),
                ),
                (
                    "update",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="draft",
                        to="advocacy.statusupdate",
                        verbose_name="entry of the record",
                    ),
                ),
            ],
            options={
                "verbose_name": "draft",
                "verbose_name_plural": "drafts",
                "ordering": ["written_at", "pk"],
            },
        ),
        migrations.AddField(
            model_name="citation",
            name="update",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="citations",
                to="advocacy.statusupdate",
            ),
        ),
        migrations.CreateModel(
            name="StepDone",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="done",
                        to="advocacy.checkliststep",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StepTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(default=0)),
                (
                    "step",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tally",
                        to="advocacy.checkliststep",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="By this files name it. Empty: made of the ask and the day.",
                        max_length=100,
                        unique=True,
                        verbose_name="slug",
                    ),
                ),
                ("submitted_on", models.DateField(verbose_name="put to the body on")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("public", "public call"),
                            ("letter", "letter"),
                            ("procedure", "official procedure"),
                            ("oral", "oral statement"),
                            ("meeting", "meeting"),
                            ("petition", "petition"),
                        ],
                        max_length=10,
                        verbose_name="how",
                    ),
                ),
                (
                    "is_private",
                    models.BooleanField(
                        default=False,
                        help_text="The proof is with the organisations, and the page says so.",
                        verbose_name="kept private",
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        blank=True,
                        help_text="Title, symbol or number, or in whose words it is known.",
                        max_length=200,
                        verbose_name="what names it",
                    ),
                ),
                (
                    "receipt_on",
                    models.DateField(
                        blank=True,
                        help_text="The day on which the body acknowledged that it had received this.",
                        null=True,
                        verbose_name="receipt acknowledged on",
                    ),
                ),
                (
                    "took_place",
                    models.BooleanField(
                        default=True,
                        help_text="Unticked in a correction: what was recorded never took place.",
                        verbose_name="it took place",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now,
                        editable=False,
                        verbose_name="recorded at",
                    ),
                ),
                (
                    "correction_reason",
                    models.TextField(blank=True, verbose_name="why it is corrected"),
                ),
                (
                    "action",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="advocacy.recommendedaction",
                        verbose_name="ask",
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="approved by a second editor",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correction",
                        to="advocacy.submission",
                        verbose_name="corrects",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        help_text="Where anyone can read that it took place.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="advocacy.source",
                        verbose_name="source",
                    ),
                ),
            ],
            options={
                "verbose_name": "submission",
                "verbose_name_plural": "submissions",
                "ordering": ["submitted_on", "pk"],
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="SubmissionDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="decided at"),
                ),
                (
                    "written_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="written at"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("returned", "given back"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="waiting",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                (
                    "said",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="submission",
                    ),
                ),
                (
                    "action",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="submission_drafts",
                        to="advocacy.recommendedaction",
                        verbose_name="ask",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "organisations",
                    models.ManyToManyField(
                        related_name="+", to="advocacy.organisation", verbose_name="organisations"
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written by",
                    ),
                ),
            ],
            options={
                "verbose_name": "draft of a submission",
                "verbose_name_plural": "drafts of submissions",
                "ordering": ["written_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Submitter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submitters",
                        to="advocacy.organisation",
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submitters",
                        to="advocacy.submission",
                    ),
                ),
            ],
            options={
                "verbose_name": "submitting organisation",
                "verbose_name_plural": "submitting organisations",
                "ordering": ["pk"],
                "base_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="submission",
            name="organisations",
            field=models.ManyToManyField(
                related_name="submissions",
                through="advocacy.Submitter",
                to="advocacy.organisation",
                verbose_name="organisations",
            ),
        ),
        migrations.CreateModel(
            name="Subscriber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(editable=False, max_length=16, unique=True)),
                ("address_hash", models.CharField(editable=False, max_length=64, unique=True)),
                ("address", models.TextField(blank=True, editable=False)),
                ("language", models.CharField(blank=True, max_length=16, verbose_name="language")),
                (
                    "frequency",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("weekly", "Once a week, if something changed"),
                            ("at_once", "At once"),
                        ],
                        max_length=7,
                        verbose_name="how often",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("confirmed", "confirmed"),
                            ("left", "left"),
                            ("bounced", "bounced"),
                        ],
                        default="confirmed",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                (
                    "confirmed_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now,
                        editable=False,
                        null=True,
                        verbose_name="confirmed on",
                    ),
                ),
                (
                    "ended_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="ended on"),
                ),
            ],
            options={
                "verbose_name": "follower",
                "verbose_name_plural": "followers",
                "ordering": ["pk"],
                "permissions": [
                    ("reveal_subscriber", "Can see the full address of a follower"),
                    ("export_subscriber", "Can export the addresses of followers"),
                    ("take_back_subscriber", "Can take back followers whose mail was refused"),
                ],
                "indexes": [
                    models.Index(fields=["state", "frequency", "id"], name="follower_to_mail")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at", None),
                                ("state", "confirmed"),
                                models.Q(("address", ""), _negated=True),
                                models.Q(("language", ""), _negated=True),
                                models.Q(("frequency", ""), _negated=True),
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("state", "bounced"),
                                models.Q(("address", ""), _negated=True),
                                models.Q(("language", ""), _negated=True),
                                models.Q(("frequency", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "confirmed"), _negated=True),
                                ("ended_at__isnull", False),
                                ("address", ""),
                                ("confirmed_at", None),
                                ("frequency", ""),
                                ("language", ""),
                            ),
                            _connector="OR",
                        ),
                        name="follower_who_left_is_a_hash",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Refusal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("gone", "no such mailbox"),
                            ("other", "refused for another reason"),
                        ],
                        max_length=5,
                        verbose_name="reason",
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("times", models.PositiveIntegerField(default=1, verbose_name="how often")),
                (
                    "subscriber",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="refusals",
                        to="advocacy.subscriber",
                        verbose_name="follower",
                    ),
                ),
            ],
            options={
                "verbose_name": "refusal",
                "verbose_name_plural": "refusals",
                "ordering": ["-day", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("claimed", "being sent"),
                            ("sent", "sent"),
                            ("failed", "failed"),
                            (
                                "doubtful",
                                "doubtful: the sending was cut short, so it is not sent again",
                            ),
                            ("dropped", "not sent: no longer wanted"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("claimed_by", models.CharField(blank=True, max_length=64)),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent at")),
                ("problem", models.CharField(blank=True, max_length=40, verbose_name="problem")),
                (
                    "refusal",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("gone", "no such mailbox"),
                            ("other", "refused for another reason"),
                        ],
                        max_length=5,
                        verbose_name="refusal",
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="advocacy.edition",
                    ),
                ),
                (
                    "selection",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="advocacy.selection",
                    ),
                ),
                (
                    "subscriber",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="deliveries",
                        to="advocacy.subscriber",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
            },
        ),
        migrations.CreateModel(
            name="TargetBody",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "edited_by_staff_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Set at the first edit here; from then on load_content leaves the row alone.",
                        null=True,
                        verbose_name="edited by staff",
                    ),
                ),
                ("search_text", models.TextField(default="", editable=False)),
                ("slug", models.SlugField(unique=True, verbose_name="slug")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("abbreviation", models.CharField(max_length=30, verbose_name="abbreviation")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("un-organ", "UN organ"),
                            ("un-agency", "UN agency"),
                            ("un-office", "UN office"),
                            ("un-subsidiary", "UN subsidiary body"),
                            ("special-procedure", "UN special procedure"),
                            ("inquiry", "commission of inquiry"),
                            ("court", "court or prosecutor"),
                            ("tribunal", "tribunal"),
                            ("government", "government"),
                            ("parliament", "parliament"),
                            ("regional", "regional organisation"),
                            ("state-group", "group of States"),
                            ("national-institution", "national human-rights institution"),
                            ("humanitarian", "humanitarian organisation"),
                            ("company", "company"),
                        ],
                        max_length=24,
                        verbose_name="kind",
                    ),
                ),
                ("role", models.CharField(max_length=60, verbose_name="role in this record")),
                ("mandate", models.TextField(verbose_name="what it does")),
                ("composition", models.TextField(blank=True, verbose_name="who sits in it")),
                ("website", models.URLField(blank=True, max_length=500, verbose_name="website")),
                (
                    "contact_url",
                    models.URLField(
                        blank=True, max_length=500, verbose_name="official contact page"
                    ),
                ),
                (
                    "country",
                    models.CharField(
                        blank=True,
                        help_text="ISO 3166.",
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}$",
                                "Give the two capital letters of the country (ISO 3166).",
                            )
                        ],
                        verbose_name="country",
                    ),
                ),
                (
                    "works_in_confidence",
                    models.BooleanField(
                        default=False,
                        help_text="Its silence is then not shown as failure.",
                        verbose_name="works in confidence",
                    ),
                ),
                (
                    "reached_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("missions", "through the missions of States"),
                            ("directly", "directly: anyone may write to it"),
                            ("closed", "by a closed procedure alone"),
                        ],
                        help_text="Empty: nobody is told to write to it, but for the missions of its members.",
                        max_length=10,
                        verbose_name="how it is reached",
                    ),
                ),
                (
                    "salutation",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("excellency", "Excellency,"),
                            ("mandate-holder", "Dear mandate holder,"),
                            ("members", "Dear members,"),
                            ("office", "Dear Sir or Madam,"),
                        ],
                        max_length=16,
                        verbose_name="how letters begin",
                    ),
                ),
                (
                    "states_sit",
                    models.BooleanField(
                        default=False,
                        help_text="Seats are listed only then, and pages say who sits in it and who does not.",
                        verbose_name="States sit in it",
                    ),
                ),
                (
                    "all_states_sit",
                    models.BooleanField(
                        default=False,
                        help_text="Then no seats are listed: any State can speak there.",
                        verbose_name="every UN member sits in it",
                    ),
                ),
                (
                    "members_complete",
                    models.BooleanField(
                        default=False,
                        help_text="Only then does a page say of a State that it has no seat.",
                        verbose_name="the list of its members is complete",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=100,
                        help_text="Lower numbers come first in the matrix.",
                        verbose_name="position",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note for editors")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        help_text="The body whose members sit here as well; then no seats are listed.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="organs",
                        to="advocacy.targetbody",
                        verbose_name="members are those of",
                    ),
                ),
            ],
            options={
                "verbose_name": "body",
                "verbose_name_plural": "bodies",
                "ordering": ["position", "name"],
            },
        ),
        migrations.CreateModel(
            name="SignUp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(editable=False, max_length=16, unique=True)),
                ("address_hash", models.CharField(db_index=True, editable=False, max_length=64)),
                ("mailbox_hash", models.CharField(db_index=True, editable=False, max_length=64)),
                ("address", models.TextField(editable=False)),
                ("language", models.CharField(max_length=16, verbose_name="language")),
                (
                    "frequency",
                    models.CharField(
                        choices=[
                            ("weekly", "Once a week, if something changed"),
                            ("at_once", "At once"),
                        ],
                        max_length=7,
                        verbose_name="how often",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now,
                        editable=False,
                        verbose_name="asked for on",
                    ),
                ),
                ("confirmed_at", models.DateTimeField(editable=False, null=True)),
                ("mailed_on", models.DateField(editable=False, null=True)),
                ("mail_number", models.PositiveSmallIntegerField(editable=False, null=True)),
                (
                    "action",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="advocacy.recommendedaction",
                        verbose_name="ask",
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="advocacy.issue",
                        verbose_name="issue",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="advocacy.targetbody",
                        verbose_name="body",
                    ),
                ),
            ],
            options={
                "verbose_name": "sign-up",
                "verbose_name_plural": "sign-ups",
            },
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "edited_by_staff_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Set at the first edit here; from then on load_content leaves the row alone.",
                        null=True,
                        verbose_name="edited by staff",
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="slug")),
                (
                    "country",
                    models.CharField(
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}$",
                                "Give the two capital letters of the country (ISO 3166).",
                            )
                        ],
                        verbose_name="country",
                    ),
                ),
                ("capacity", models.CharField(max_length=100, verbose_name="capacity")),
                (
                    "starts_on",
                    models.DateField(
                        blank=True,
                        help_text="Empty: the start is not recorded.",
                        null=True,
                        verbose_name="from",
                    ),
                ),
                (
                    "ends_on",
                    models.DateField(
                        blank=True, help_text="Empty: open-ended.", null=True, verbose_name="to"
                    ),
                ),
                ("source_url", models.URLField(blank=True, max_length=1000, verbose_name="source")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seats",
                        to="advocacy.targetbody",
                        verbose_name="body",
                    ),
                ),
            ],
            options={
                "verbose_name": "seat",
                "verbose_name_plural": "seats",
                "ordering": ["body", "country", "starts_on"],
            },
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "edited_by_staff_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Set at the first edit here; from then on load_content leaves the row alone.",
                        null=True,
                        verbose_name="edited by staff",
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        help_text="As it wrote them, whole.", verbose_name="its own words"
                    ),
                ),
                (
                    "language",
                    models.CharField(default="en", max_length=16, verbose_name="language"),
                ),
                ("signed", models.CharField(blank=True, max_length=200, verbose_name="signed by")),
                ("replied_on", models.DateField(verbose_name="date of the reply")),
                ("url", models.URLField(max_length=1000, verbose_name="where it can be read")),
                (
                    "action",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: it speaks of the whole record of the body.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replies",
                        to="advocacy.recommendedaction",
                        verbose_name="ask",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replies",
                        to="advocacy.targetbody",
                        verbose_name="body",
                    ),
                ),
            ],
            options={
                "verbose_name": "reply",
                "verbose_name_plural": "replies",
                "ordering": ["-replied_on", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="recommendedaction",
            name="body",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="actions",
                to="advocacy.targetbody",
                verbose_name="body",
            ),
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "edited_by_staff_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Set at the first edit here; from then on load_content leaves the row alone.",
                        null=True,
                        verbose_name="edited by staff",
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="slug")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("session", "session"),
                            ("deadline", "deadline"),
                            ("report", "report"),
                            ("election", "election or change of members"),
                            ("presidency", "presidency"),
                            ("standing", "open on any day"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="to")),
                (
                    "precision",
                    models.CharField(
                        choices=[("day", "day"), ("month", "month"), ("year", "year")],
                        default="day",
                        max_length=5,
                        verbose_name="precision of the dates",
                    ),
                ),
                (
                    "confidence",
                    models.CharField(
                        choices=[
                            ("confirmed", "confirmed"),
                            ("expected", "expected, dates not published"),
                        ],
                        max_length=10,
                        verbose_name="confidence",
                    ),
                ),
                ("who_can_act", models.TextField(verbose_name="who can act")),
                ("what_can_be_done", models.TextField(verbose_name="what can be done")),
                (
                    "act_by",
                    models.DateField(
                        blank=True,
                        help_text="The last day on which something done outside still helps, as the editors judge it. Empty: nothing can be done for it, so it is no chance to act.",
                        null=True,
                        verbose_name="act by",
                    ),
                ),
                ("source_url", models.URLField(blank=True, max_length=1000, verbose_name="source")),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="meetings",
                        to="advocacy.targetbody",
                        verbose_name="body",
                    ),
                ),
            ],
            options={
                "verbose_name": "meeting",
                "verbose_name_plural": "meetings",
                "ordering": ["starts_on", "ends_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalTargetBody",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "edited_by_staff_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Set at the first edit here; from then on load_content leaves the row alone.",
                        null=True,
                        verbose_name="edited by staff",
                    ),
                ),
                ("slug", models.SlugField(verbose_name="slug")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("abbreviation", models.CharField(max_length=30, verbose_name="abbreviation")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("un-organ", "UN organ"),
                            ("un-agency", "UN agency"),
                            ("un-office", "UN office"),
                            ("un-subsidiary", "UN subsidiary body"),
                            ("special-procedure", "UN special procedure"),
                            ("inquiry", "commission of inquiry"),
                            ("court", "court or prosecutor"),
                            ("tribunal", "tribunal"),
                            ("government", "government"),
                            ("parliament", "parliament"),
                            ("regional", "regional organisation"),
                            ("state-group", "group of States"),
                            ("national-institution", "national human-rights institution"),
                            ("humanitarian", "humanitarian organisation"),
                            ("company", "company"),
                        ],
                        max_length=24,
                        verbose_name="kind",
                    ),
                ),
                ("role", models.CharField(max_length=60, verbose_name="role in this record")),
                ("mandate", models.TextField(verbose_name="what it does")),
                ("composition", models.TextField(blank=True, verbose_name="who sits in it")),
                ("website", models.URLField(blank=True, max_length=500, verbose_name="website")),
                (
                    "contact_url",
                    models.URLField(
                        blank=True, max_length=500, verbose_name="official contact page"
                    ),
                ),
                (
                    "country",
                    models.CharField(
                        blank=True,
                        help_text="ISO 3166.",
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}$",
                                "Give the two capital letters of the country (ISO 3166).",
                            )
                        ],
                        verbose_name="country",
                    ),
                ),
                (
                    "works_in_confidence",
                    models.BooleanField(
                        default=False,
                        help_text="Its silence is then not shown as failure.",
                        verbose_name="works in confidence",
                    ),
                ),
                (
                    "reached_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("missions", "through the missions of States"),
                            ("directly", "directly: anyone may write to it"),
                            ("closed", "by a closed procedure alone"),
                        ],
                        help_text="Empty: nobody is told to write to it, but for the missions of its members.",
                        max_length=10,
                        verbose_name="how it is reached",
                    ),
                ),
                (
                    "salutation",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("excellency", "Excellency,"),
                            ("mandate-holder", "Dear mandate holder,"),
                            ("members", "Dear members,"),
                            ("office", "Dear Sir or Madam,"),
                        ],
                        max_length=16,
                        verbose_name="how letters begin",
                    ),
                ),
                (
                    "states_sit",
                    models.BooleanField(
                        default=False,
                        help_text="Seats are listed only then, and pages say who sits in it and who does not.",
                        verbose_name="States sit in it",
                    ),
                ),
                (
                    "all_states_sit",
                    models.BooleanField(
                        default=False,
                        help_text="Then no seats are listed: any State can speak there.",
                        verbose_name="every UN member sits in it",
                    ),
                ),
                (
                    "members_complete",
                    models.BooleanField(
                        default=False,
                        help_text="Only then does a page say of a State that it has no seat.",
                        verbose_name="the list of its members is complete",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=100,
                        help_text="Lower numbers come first in the matrix.",
                        verbose_name="position",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note for editors")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="The body whose members sit here as well; then no seats are listed.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="advocacy.targetbody",
                        verbose_name="members are those of",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical body",
                "verbose_name_plural": "historical bodies",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalReply",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "edited_by_staff_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Set at the first edit here; from then on load_content leaves the row alone.",
                        null=True,
                        verbose_name="edited by staff",
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        help_text="As it wrote them, whole.", verbose_name="its own words"
                    ),
                ),
                (
                    "language",
                    models.CharField(default="en", max_length=16, verbose_name="language"),
                ),
                ("signed", models.CharField(blank=True, max_length=200, verbose_name="signed by")),
                ("replied_on", models.DateField(verbose_name="date of the reply")),
                ("url", models.URLField(max_length=1000, verbose_name="where it can be read")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "action",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="Empty: it speaks of the whole record of the body.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="advocacy.recommendedaction",
                        verbose_name="ask",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="advocacy.targetbody",
                        verbose_name="body",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical reply",
                "verbose_name_plural": "historical replies",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalRecommendedAction",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "edited_by_staff_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Set at the first edit here; from then on load_content leaves the row alone.",
                        null=True,
                        verbose_name="edited by staff",
                    ),
                ),
                ("slug", models.SlugField(max_length=80, verbose_name="slug")),
                (
                    "reference",
                    models.CharField(
                        db_index=True,
                        help_text="To quote in letters: NK-06.",
                        max_length=20,
                        verbose_name="reference",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="the ask in one line")),
                ("text", models.TextField(verbose_name="the ask")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("open", "open"),
                            ("split", "split into more precise asks"),
                            ("superseded", "replaced by a newer ask"),
                            ("withdrawn", "withdrawn by those who asked"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="life of the ask",
                    ),
                ),
                (
                    "listed_on",
                    models.DateField(
                        default=django.utils.timezone.localdate,
                        help_text="When it was put to the body is said by its submissions.",
                        verbose_name="in this record since",
                    ),
                ),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="closed on")),
                (
                    "closed_because",
                    models.TextField(
                        blank=True,
                        help_text="Who withdrew or replaced it, and why.",
                        verbose_name="why it is closed",
                    ),
                ),
                ("legal_note", models.TextField(blank=True, verbose_name="legal note")),
                ("counts_as_done", models.TextField(verbose_name="what would count as done")),
                ("counts_as_refused", models.TextField(verbose_name="what would count as refused")),
                (
                    "expected_by",
                    models.DateField(blank=True, null=True, verbose_name="answer expected by"),
                ),
                (
                    "expected_basis",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("rule", "the body's rule of procedure"),
                            ("promise", "the body's own promise"),
                            ("ours", "our expectation"),
                        ],
                        max_length=10,
                        verbose_name="why by then",
                    ),
                ),
                (
                    "expected_rule",
                    models.TextField(
                        blank=True,
                        help_text="As anyone can find it: which text and paragraph, or who said it and when.",
                        verbose_name="the rule or the promise",
                    ),
                ),
                (
                    "paused_on",
                    models.DateField(blank=True, null=True, verbose_name="clock paused on"),
                ),
                (
                    "pause_reason",
                    models.TextField(blank=True, verbose_name="why the clock is paused"),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="advocacy.issue",
                        verbose_name="issue",
                    ),
                ),
                (
                    "superseded_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="advocacy.recommendedaction",
                        verbose_name="replaced by",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="advocacy.targetbody",
                        verbose_name="body",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical recommended action",
                "verbose_name_plural": "historical recommended actions",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Follow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="since"
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="advocacy.issue",
                        verbose_name="issue",
                    ),
                ),
                (
                    "action",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="advocacy.recommendedaction",
                        verbose_name="ask",
                    ),
                ),
                (
                    "subscriber",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follows",
                        to="advocacy.subscriber",
                        verbose_name="follower",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="advocacy.targetbody",
                        verbose_name="body",
                    ),
                ),
            ],
            options={
                "verbose_name": "follow",
                "verbose_name_plural": "follows",
            },
        ),
        migrations.AddField(
            model_name="event",
            name="about_bodies",
            field=models.ManyToManyField(
                blank=True,
                related_name="events_about",
                to="advocacy.targetbody",
                verbose_name="about bodies",
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="by_bodies",
            field=models.ManyToManyField(
                blank=True,
                help_text="Who did it: it stands on their pages.",
                related_name="events",
                to="advocacy.targetbody",
                verbose_name="by bodies",
            ),
        ),
        migrations.AddField(
            model_name="issue",
            name="topics",
            field=models.ManyToManyField(
                related_name="issues", to="advocacy.topic", verbose_name="topics"
            ),
        ),
        migrations.CreateModel(
            name="Withheld",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("of", models.CharField(max_length=40, verbose_name="kind")),
                ("row", models.BigIntegerField(verbose_name="row")),
                ("field", models.CharField(max_length=40, verbose_name="field")),
                ("reason", models.CharField(max_length=120, verbose_name="reason")),
                ("notice", models.CharField(max_length=1000, verbose_name="notice")),
                (
                    "withheld_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="withheld at"
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "withheld field",
                "verbose_name_plural": "withheld fields",
                "ordering": ["-pk"],
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Withholding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="decided at"),
                ),
                (
                    "of",
                    models.CharField(
                        choices=[
                            ("statusupdate", "entry"),
                            ("submission", "submission"),
                            ("event", "event"),
                            ("searchlog", "search log"),
                            ("source", "source"),
                            ("reply", "reply"),
                        ],
                        max_length=40,
                        verbose_name="kind",
                    ),
                ),
                ("row", models.BigIntegerField(verbose_name="row")),
                ("field", models.CharField(max_length=40, verbose_name="field")),
                (
                    "reason",
                    models.CharField(
                        help_text="Public, and for good: who demands it, and under which number. Name nobody.",
                        max_length=120,
                        verbose_name="reason",
                    ),
                ),
                (
                    "proposed_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="proposed at"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "proposed"),
                            ("confirmed", "confirmed: the words are gone"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="proposed",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="proposed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "withholding",
                "verbose_name_plural": "withholdings",
                "ordering": ["-proposed_at", "-pk"],
                "permissions": [
                    (
                        "answer_for_withholding",
                        "Can answer for a withholding: one of its two people must",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Wording",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("of", models.CharField(max_length=40, verbose_name="kind")),
                ("row", models.BigIntegerField(verbose_name="row")),
                (
                    "taken_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="read so from"
                    ),
                ),
                ("said", models.JSONField(verbose_name="what it said")),
            ],
            options={
                "verbose_name": "kept wording",
                "verbose_name_plural": "kept wordings",
                "ordering": ["pk"],
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["of", "row", "id"], name="wording_of_row")],
            },
        ),
        migrations.CreateModel(
            name="OnceKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=22, unique=True, verbose_name="key")),
                (
                    "content",
                    models.CharField(
                        blank=True, max_length=64, verbose_name="hash of what it says"
                    ),
                ),
                (
                    "taken_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="sent at"),
                ),
                ("leads_to", models.CharField(blank=True, max_length=500, verbose_name="leads to")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sent by",
                    ),
                ),
            ],
            options={
                "verbose_name": "key of a form",
                "verbose_name_plural": "keys of forms",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("content", ""), _negated=True),
                        fields=("by", "content"),
                        name="once_key_content_is_said_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StandingToday",
            fields=[
                (
                    "action",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="standing_today",
                        serialize=False,
                        to="advocacy.recommendedaction",
                        verbose_name="ask",
                    ),
                ),
                ("asked_on", models.DateField(null=True, verbose_name="asked on")),
                (
                    "asked_how",
                    models.CharField(
                        choices=[
                            ("public", "public call"),
                            ("letter", "letter"),
                            ("procedure", "official procedure"),
                            ("oral", "oral statement"),
                            ("meeting", "meeting"),
                            ("petition", "petition"),
                        ],
                        max_length=10,
                        verbose_name="how it was first put to the body",
                    ),
                ),
                ("public_from", models.DateField(verbose_name="public from")),
                ("status", models.CharField(max_length=20, verbose_name="status")),
                ("status_on", models.DateField(null=True, verbose_name="since")),
                (
                    "status_precision",
                    models.CharField(max_length=5, verbose_name="precision of the date"),
                ),
                ("acknowledged_on", models.DateField(null=True, verbose_name="acknowledged on")),
                ("answered_on", models.DateField(null=True, verbose_name="answered on")),
                ("last_moved_on", models.DateField(null=True, verbose_name="last movement")),
                ("last_checked_on", models.DateField(null=True, verbose_name="last checked")),
                ("entries", models.TextField(blank=True, verbose_name="entries")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("open", "open"),
                            ("split", "split into more precise asks"),
                            ("superseded", "replaced by a newer ask"),
                            ("withdrawn", "withdrawn by those who asked"),
                        ],
                        max_length=10,
                        verbose_name="life of the ask",
                    ),
                ),
                ("expected_by", models.DateField(null=True, verbose_name="answer expected by")),
                (
                    "expected_basis",
                    models.CharField(
                        choices=[
                            ("rule", "the body's rule of procedure"),
                            ("promise", "the body's own promise"),
                            ("ours", "our expectation"),
                        ],
                        max_length=10,
                        verbose_name="why by then",
                    ),
                ),
                ("paused_on", models.DateField(null=True, verbose_name="clock paused on")),
                ("audiences", models.CharField(max_length=100, verbose_name="who can act")),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="advocacy.targetbody",
                        verbose_name="body",
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="advocacy.issue",
                        verbose_name="issue",
                    ),
                ),
                (
                    "status_update",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="advocacy.statusupdate",
                        verbose_name="entry",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Pack",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "edited_by_staff_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Set at the first edit here; from then on load_content leaves the row alone.",
                        null=True,
                        verbose_name="edited by staff",
                    ),
                ),
                ("search_text", models.TextField(default="", editable=False)),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="slug")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "summary",
                    models.CharField(
                        help_text="In one sentence.", max_length=400, verbose_name="summary"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("letter", "letter"),
                            ("outline", "outline"),
                            ("statement", "statement"),
                            ("paragraphs", "draft paragraphs"),
                            ("questions", "parliamentary questions"),
                            ("representation", "representation"),
                            ("press", "press line"),
                            ("guideline", "guideline"),
                            ("posts", "posts"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("who", models.TextField(verbose_name="who may use or sign it")),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(
                        help_text="How long it takes to read it and to fill it in.",
                        verbose_name="minutes",
                    ),
                ),
                (
                    "spoken_seconds",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Of an oral statement: how long a speaker has where it is made.",
                        null=True,
                        verbose_name="seconds to speak",
                    ),
                ),
                (
                    "language",
                    models.CharField(default="en", max_length=16, verbose_name="language"),
                ),
                (
                    "text",
                    models.TextField(
                        help_text="Markdown: headings from ## on, paragraphs, lists, > quotations. A place to fill in stands [in brackets]. What is spoken of an oral statement stands as a quotation.",
                        verbose_name="text",
                    ),
                ),
                (
                    "issues",
                    models.ManyToManyField(
                        blank=True, related_name="packs", to="advocacy.issue", verbose_name="issues"
                    ),
                ),
                (
                    "meetings",
                    models.ManyToManyField(
                        blank=True,
                        related_name="packs",
                        to="advocacy.meeting",
                        verbose_name="meetings",
                    ),
                ),
                (
                    "actions",
                    models.ManyToManyField(
                        blank=True,
                        related_name="packs",
                        to="advocacy.recommendedaction",
                        verbose_name="asks",
                    ),
                ),
            ],
            options={
                "verbose_name": "pack",
                "verbose_name_plural": "packs",
                "ordering": ["title"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "letter",
                                    "outline",
                                    "statement",
                                    "paragraphs",
                                    "questions",
                                    "representation",
                                    "press",
                                    "guideline",
                                    "posts",
                                ],
                            )
                        ),
                        name="pack_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__gte", 1)),
                        name="pack_takes_time",
                        violation_error_message="Say how many minutes it takes: at least 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("spoken_seconds", None),
                            models.Q(("kind", "statement"), ("spoken_seconds__gte", 1)),
                            _connector="OR",
                        ),
                        name="pack_is_spoken_only_as_a_statement",
                        violation_error_message="Only a statement has seconds to speak: at least 1.",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="checkliststep",
            index=models.Index(
                fields=["minutes", "action", "position", "id"],
                include=("audience", "kind"),
                name="step_by_minutes",
            ),
        ),
        migrations.AddConstraint(
            model_name="checkliststep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "audience__in",
                        [
                            "anyone",
                            "campaigner",
                            "ngo",
                            "union",
                            "journalist",
                            "researcher",
                            "family",
                        ],
                    ),
                    (
                        "kind__in",
                        ["email", "letter", "post", "call", "submit", "meet", "read", "share"],
                    ),
                ),
                name="checklist_step_audience_and_kind_are_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="checkliststep",
            constraint=models.CheckConstraint(
                condition=models.Q(("minutes__gte", 1)),
                name="checklist_step_takes_time",
                violation_error_message="Say how many minutes the step takes: at least 1.",
            ),
        ),
        migrations.AddConstraint(
            model_name="askrelation",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["split_into", "same_call", "depends_on"])),
                name="ask_relation_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="askrelation",
            constraint=models.CheckConstraint(
                condition=models.Q(("action", models.F("other")), _negated=True),
                name="ask_relation_is_between_two",
                violation_error_message="An ask does not point to itself.",
            ),
        ),
        migrations.AddConstraint(
            model_name="askrelation",
            constraint=models.UniqueConstraint(
                fields=("action", "kind", "other"),
                name="ask_relation_is_unique",
                violation_error_message="These two asks already point to each other so.",
            ),
        ),
        migrations.AddConstraint(
            model_name="searchlog",
            constraint=models.UniqueConstraint(
                condition=models.Q(("key", ""), _negated=True),
                fields=("key",),
                name="search_log_key_is_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="searchlog",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("places", ""), _negated=True),
                    models.Q(("terms", ""), _negated=True),
                    models.Q(("gaps", ""), _negated=True),
                ),
                name="search_log_says_where_how_and_what_is_missing",
                violation_error_message="A search log names the places searched, the terms and the known gaps.",
            ),
        ),
        migrations.AddIndex(
            model_name="signin",
            index=models.Index(fields=["-tried_at"], name="sign_in_newest"),
        ),
        migrations.AddConstraint(
            model_name="paragraph",
            constraint=models.CheckConstraint(
                condition=models.Q(("precision__in", ["day", "month", "year"])),
                name="paragraph_precision_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="eventsource",
            constraint=models.UniqueConstraint(
                fields=("event", "source"), name="event_source_is_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="staffcall",
            constraint=models.UniqueConstraint(
                fields=("user", "day"), name="staff_call_once_a_day"
            ),
        ),
        migrations.AddIndex(
            model_name="statusupdate",
            index=models.Index(
                fields=["action", "-happened_on", "-id"],
                include=("status", "search_log", "checked_on", "happened_precision"),
                name="update_newest_of_action",
            ),
        ),
        migrations.AddIndex(
            model_name="statusupdate",
            index=models.Index(
                fields=["-happened_on", "-id"],
                include=("action", "status", "search_log"),
                name="update_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="statusupdate",
            index=models.Index(
                fields=["status", "-happened_on", "-id"], name="update_newest_of_status"
            ),
        ),
        migrations.AddIndex(
            model_name="statusupdate",
            index=models.Index(
                fields=["-recorded_at", "-id"],
                include=("action", "happened_on", "status", "search_log"),
                name="update_newest_recorded",
            ),
        ),
        migrations.AddIndex(
            model_name="statusupdate",
            index=models.Index(
                condition=models.Q(("corrects__isnull", False)),
                fields=["-recorded_at", "-id"],
                name="update_newest_correction",
            ),
        ),
        migrations.AddConstraint(
            model_name="statusupdate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("key", ""), _negated=True),
                fields=("key",),
                name="status_update_key_is_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="statusupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("search_log__isnull", False), ("status", "")),
                    models.Q(
                        models.Q(("search_log__isnull", False), _negated=True),
                        (
                            "status__in",
                            [
                                "acknowledged",
                                "under_discussion",
                                "committed",
                                "partial_action",
                                "action_taken",
                                "implemented",
                                "refused",
                                "blocked",
                                "reversed",
                                "overtaken",
                            ],
                        ),
                    ),
                    _connector="OR",
                ),
                name="status_update_is_a_response_or_a_look",
                violation_error_code="status",
                violation_error_message="Choose a status of the vocabulary.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statusupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("asserted_by__in", ["body", "state", "civil_society", "us"]),
                    ("verification__in", ["reported", "documented", "verified"]),
                    ("happened_precision__in", ["day", "month", "year"]),
                    (
                        "blocked_reason__in",
                        [
                            "",
                            "veto",
                            "votes_short",
                            "off_agenda",
                            "not_receivable",
                            "no_competence",
                            "mandate_ended",
                            "other",
                        ],
                    ),
                    (
                        "refused_reason__in",
                        [
                            "",
                            "stated_position",
                            "vote_lost_on_merits",
                            "declined_invitation",
                            "other",
                        ],
                    ),
                ),
                name="status_update_codes_are_known",
                violation_error_message="Choose codes of the vocabulary.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statusupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("happened_on__lte", models.F("recorded_at")),
                    ("checked_on__lte", models.F("recorded_at")),
                ),
                name="status_update_is_not_in_the_future",
                violation_error_code="happened_on",
                violation_error_message="The record holds no dates in the future.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statusupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(("checked_on__gte", models.F("happened_on"))),
                name="status_update_is_checked_after_it_happened",
                violation_error_code="checked_on",
                violation_error_message="It cannot have been checked before it happened.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statusupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("search_log__isnull", False),
                    models.Q(("summary", ""), _negated=True),
                    _connector="OR",
                ),
                name="status_update_says_what_happened",
                violation_error_code="summary",
                violation_error_message="Say in a sentence what happened.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statusupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("search_log__isnull", False), _negated=True),
                    ("points_other_way", False),
                    _connector="OR",
                ),
                name="status_update_look_points_nowhere",
                violation_error_code="points_other_way",
                violation_error_message="Only a response of the body can point the other way.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statusupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("search_log__isnull", False), _negated=True),
                    ("event", None),
                    _connector="OR",
                ),
                name="status_update_look_has_no_event",
                violation_error_code="event",
                violation_error_message="A look found nothing: only a response points to an event.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statusupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "committed"), _negated=True),
                    models.Q(
                        models.Q(("quote", ""), _negated=True),
                        models.Q(("speaker", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="status_update_committed_needs_words_and_speaker",
                violation_error_code="quote",
                violation_error_message="“Promised” needs the exact words, and who spoke in what capacity.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statusupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "partial_action"), _negated=True),
                    models.Q(
                        models.Q(("missing", ""), _negated=True),
                        models.Q(("reference", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="status_update_partial_needs_reference_and_missing_part",
                violation_error_code="missing",
                violation_error_message="“Partial action” needs the paragraph or symbol, and in writing what is still missing.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statusupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "action_taken"), _negated=True),
                    models.Q(("reference", ""), _negated=True),
                    _connector="OR",
                ),
                name="status_update_action_taken_needs_reference",
                violation_error_code="reference",
                violation_error_message="“Action taken” needs the act and its symbol.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statusupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "implemented"), _negated=True),
                    models.Q(
                        ("approved_by__isnull", False),
                        models.Q(("approved_by", models.F("recorded_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="status_update_implemented_needs_second_editor",
                violation_error_code="approved_by",
                violation_error_message="“Carried out, verified” needs the approval of a second editor.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statusupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "refused"), _negated=True),
                    models.Q(
                        models.Q(("refused_reason", ""), _negated=True),
                        models.Q(
                            models.Q(("quote", ""), _negated=True),
                            ("votes_against__isnull", False),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="status_update_refused_needs_reason_and_words_or_vote",
                violation_error_code="refused_reason",
                violation_error_message="“Refused” needs how it was refused, and the words or the vote. Silence is never a refusal.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statusupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "blocked"), _negated=True),
                    models.Q(
                        models.Q(("blocked_reason", ""), _negated=True),
                        models.Q(("blocked_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="status_update_blocked_needs_reason_and_blocker",
                violation_error_code="blocked_reason",
                violation_error_message="“Blocked” needs how it was blocked, and by whom.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statusupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("blocked_reason__in", ["veto", "votes_short"]), _negated=True),
                    models.Q(("votes_against__isnull", False), ("votes_for__isnull", False)),
                    _connector="OR",
                ),
                name="status_update_vote_needs_tally",
                violation_error_code="votes_for",
                violation_error_message="A veto or a lost vote needs the tally.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statusupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("blocked_reason", "veto"), _negated=True),
                    models.Q(("votes_against__gte", 1), ("votes_for__gte", 9)),
                    _connector="OR",
                ),
                name="status_update_veto_needs_nine_votes",
                violation_error_code="votes_for",
                violation_error_message="It is a veto only with nine votes or more in favour and one against.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statusupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "reversed"), _negated=True),
                    ("undoes__isnull", False),
                    _connector="OR",
                ),
                name="status_update_reversed_names_what_was_undone",
                violation_error_code="undoes",
                violation_error_message="“Reversed” needs the entry that was undone.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statusupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "overtaken"), _negated=True),
                    models.Q(("transition_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="status_update_overtaken_needs_reason",
                violation_error_code="transition_reason",
                violation_error_message="“Overtaken by events” needs one sentence why.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statusupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("correction_reason", ""), ("corrects", None)),
                    models.Q(
                        ("corrects__isnull", False),
                        models.Q(("correction_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="status_update_correction_needs_reason",
                violation_error_code="correction_reason",
                violation_error_message="A correction names the entry it corrects and why.",
            ),
        ),
        migrations.AddConstraint(
            model_name="selection",
            constraint=models.UniqueConstraint(
                fields=("edition", "digest"), name="selection_of_digest_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("entry__isnull", False), ("kind", "notice"), ("week", None)),
                    models.Q(("entry", None), ("kind", "digest"), ("week__isnull", False)),
                    _connector="OR",
                ),
                name="edition_tells_an_entry_or_a_week",
                violation_error_message="A notice tells one entry, a digest one week.",
            ),
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state", "paused"),
                        ("paused_at__isnull", False),
                        models.Q(("paused_for", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state", "paused"), _negated=True),
                        ("paused_at", None),
                        ("paused_for", ""),
                    ),
                    _connector="OR",
                ),
                name="edition_paused_says_since_when_and_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["waiting", "returned", "published", "withdrawn"])
                ),
                name="draft_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "published"), _negated=True),
                    models.Q(
                        ("decided_by__isnull", False),
                        ("update__isnull", False),
                        models.Q(("decided_by", models.F("written_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="draft_is_published_by_a_second_person",
                violation_error_message="A second person publishes a draft.",
            ),
        ),
        migrations.AddConstraint(
            model_name="citation",
            constraint=models.UniqueConstraint(
                fields=("update", "source"), name="citation_is_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="submissiondraft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["waiting", "returned", "published", "withdrawn"])
                ),
                name="submission_draft_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="submissiondraft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "published"), _negated=True),
                    models.Q(
                        ("decided_by__isnull", False),
                        models.Q(("decided_by", models.F("written_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="submission_draft_is_published_by_a_second_person",
                violation_error_message="A second person publishes a draft.",
            ),
        ),
        migrations.AddConstraint(
            model_name="submitter",
            constraint=models.UniqueConstraint(
                fields=("submission", "organisation"), name="submitter_is_unique"
            ),
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                fields=["action", "submitted_on", "id"],
                include=("channel",),
                name="submission_first_of_action",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "channel__in",
                        ["public", "letter", "procedure", "oral", "meeting", "petition"],
                    )
                ),
                name="submission_channel_is_known",
                violation_error_code="channel",
                violation_error_message="Choose how it was put to the body.",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_private", False), ("source__isnull", False)),
                    models.Q(("is_private", True), ("source__isnull", True)),
                    _connector="OR",
                ),
                name="submission_has_a_source_or_is_private",
                violation_error_code="source",
                violation_error_message="Say where it is known from: a source, or that the proof is kept private. One of them, not both.",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(("submitted_on__lte", models.F("recorded_at"))),
                name="submission_is_not_in_the_future",
                violation_error_code="submitted_on",
                violation_error_message="The record holds no dates in the future.",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("receipt_on", None),
                    models.Q(
                        ("receipt_on__gte", models.F("submitted_on")),
                        ("receipt_on__lte", models.F("recorded_at")),
                    ),
                    _connector="OR",
                ),
                name="submission_receipt_follows_it",
                violation_error_code="receipt_on",
                violation_error_message="A receipt is of the day it was put to the body or of a later one, and not in the future.",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("took_place", True), ("corrects__isnull", False), _connector="OR"
                ),
                name="submission_is_taken_back_by_a_correction",
                violation_error_code="took_place",
                violation_error_message="Only a correction says that it never took place.",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("correction_reason", ""), ("corrects", None)),
                    models.Q(
                        ("corrects__isnull", False),
                        models.Q(("correction_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="submission_correction_needs_reason",
                violation_error_code="correction_reason",
                violation_error_message="A correction names what it corrects and why.",
            ),
        ),
        migrations.AddConstraint(
            model_name="refusal",
            constraint=models.UniqueConstraint(
                fields=("subscriber", "kind", "day"), name="refusal_counts_once_a_day"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["edition", "state", "id"], name="delivery_to_send"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("edition", "subscriber"), name="delivery_once_per_follower"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("refusal", ""), ("state", "failed"), _connector="OR"),
                name="delivery_refused_has_failed",
            ),
        ),
        migrations.AddConstraint(
            model_name="targetbody",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "un-organ",
                            "un-agency",
                            "un-office",
                            "un-subsidiary",
                            "special-procedure",
                            "inquiry",
                            "court",
                            "tribunal",
                            "government",
                            "parliament",
                            "regional",
                            "state-group",
                            "national-institution",
                            "humanitarian",
                            "company",
                        ],
                    ),
                    ("reached_by__in", ["", "missions", "directly", "closed"]),
                    ("salutation__in", ["", "excellency", "mandate-holder", "members", "office"]),
                ),
                name="target_body_kind_reach_and_salutation_are_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="targetbody",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("states_sit", True),
                    models.Q(
                        ("all_states_sit", False), ("members_complete", False), ("parent", None)
                    ),
                    _connector="OR",
                ),
                name="target_body_has_members_only_where_states_sit",
                violation_error_message="Only a body in which States sit has such members.",
            ),
        ),
        migrations.AddConstraint(
            model_name="signup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("issue__isnull", True), ("body__isnull", True), _connector="OR"),
                    models.Q(("issue__isnull", True), ("action__isnull", True), _connector="OR"),
                    models.Q(("body__isnull", True), ("action__isnull", True), _connector="OR"),
                ),
                name="sign_up_has_one_subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="signup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("mail_number", None), ("mail_number__range", (1, 3)), _connector="OR"
                ),
                name="sign_up_mails_few_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="signup",
            constraint=models.UniqueConstraint(
                fields=("mailbox_hash", "mailed_on", "mail_number"),
                name="sign_up_mail_is_counted_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("starts_on", None),
                    ("ends_on", None),
                    ("ends_on__gt", models.F("starts_on")),
                    _connector="OR",
                ),
                name="seat_ends_after_it_starts",
                violation_error_message="A seat ends after it starts.",
            ),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=advocacy.models.overlap.SeatsDoNotOverlap(
                name="seats_of_a_state_in_a_body_do_not_overlap",
                violation_error_message="This State already has a seat in this body during part of that time.",
            ),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("text", ""), _negated=True), models.Q(("url", ""), _negated=True)
                ),
                name="reply_has_words_and_a_link",
                violation_error_message="A reply needs its words and where they can be read.",
            ),
        ),
        migrations.AddIndex(
            model_name="recommendedaction",
            index=models.Index(
                fields=["body", "reference", "id"],
                include=("state", "issue"),
                name="action_of_body",
            ),
        ),
        migrations.AddConstraint(
            model_name="recommendedaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "open", "split", "superseded", "withdrawn"])
                ),
                name="recommended_action_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="recommendedaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("expected_basis", ""), ("expected_by", None), ("expected_rule", "")),
                    models.Q(
                        ("expected_by__isnull", False),
                        ("expected_basis__in", ["rule", "promise", "ours"]),
                        models.Q(("expected_rule", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="recommended_action_expected_date_has_a_basis",
                violation_error_message="Say why an answer is expected by that day, and cite the rule or the promise.",
            ),
        ),
        migrations.AddConstraint(
            model_name="recommendedaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_because", ""),
                        ("closed_on", None),
                        ("state__in", ["draft", "open"]),
                    ),
                    models.Q(
                        models.Q(("state__in", ["draft", "open"]), _negated=True),
                        ("closed_on__isnull", False),
                        models.Q(("closed_because", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="recommended_action_is_closed_by_something",
                violation_error_message="An ask that is closed says on which day and why; an open one has neither.",
            ),
        ),
        migrations.AddConstraint(
            model_name="recommendedaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "superseded"), ("superseded_by__isnull", False)),
                    models.Q(
                        models.Q(("state", "superseded"), _negated=True), ("superseded_by", None)
                    ),
                    _connector="OR",
                ),
                name="recommended_action_superseded_names_the_other",
                violation_error_message="An ask that was replaced names the ask that replaces it; no other does.",
            ),
        ),
        migrations.AddConstraint(
            model_name="recommendedaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("superseded_by", None),
                    models.Q(("superseded_by", models.F("pk")), _negated=True),
                    _connector="OR",
                ),
                name="recommended_action_does_not_supersede_itself",
                violation_error_message="An ask does not replace itself.",
            ),
        ),
        migrations.AddConstraint(
            model_name="recommendedaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("pause_reason", ""), ("paused_on", None)),
                    models.Q(
                        ("paused_on__isnull", False), models.Q(("pause_reason", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="recommended_action_pause_has_a_reason",
                violation_error_message="A pause of the clock needs its reason.",
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ends_on", None), ("kind", "standing"), ("starts_on", None)),
                    models.Q(
                        models.Q(("kind", "standing"), _negated=True),
                        ("ends_on__gte", models.F("starts_on")),
                        ("starts_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="meeting_is_dated_unless_open_any_day",
                violation_error_message="Give a first day and a last day that is not before it; only what is open on any day has no dates.",
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["session", "deadline", "report", "election", "presidency", "standing"],
                    ),
                    ("confidence__in", ["confirmed", "expected"]),
                    ("precision__in", ["day", "month", "year"]),
                ),
                name="meeting_kind_confidence_and_precision_are_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confidence", "confirmed"), _negated=True),
                    models.Q(("source_url", ""), _negated=True),
                    _connector="OR",
                ),
                name="meeting_confirmed_needs_source",
                violation_error_message="A confirmed date needs its source.",
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("act_by", None), ("act_by__lte", models.F("ends_on")), _connector="OR"
                ),
                name="meeting_is_acted_on_before_it_ends",
                violation_error_code="act_by",
                violation_error_message="What is over helps nobody: act by its last day or before.",
            ),
        ),
        migrations.AddConstraint(
            model_name="follow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("issue__isnull", True), ("body__isnull", True), _connector="OR"),
                    models.Q(("issue__isnull", True), ("action__isnull", True), _connector="OR"),
                    models.Q(("body__isnull", True), ("action__isnull", True), _connector="OR"),
                ),
                name="follow_has_one_subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="follow",
            constraint=models.UniqueConstraint(
                condition=models.Q(("action", None), ("body", None), ("issue", None)),
                fields=("subscriber",),
                name="follow_everything_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="follow",
            constraint=models.UniqueConstraint(
                fields=("subscriber", "issue"), name="follow_issue_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="follow",
            constraint=models.UniqueConstraint(
                fields=("subscriber", "body"), name="follow_body_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="follow",
            constraint=models.UniqueConstraint(
                fields=("subscriber", "action"), name="follow_ask_once"
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["-happened_on", "-id"], name="event_newest"),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(("happened_precision__in", ["day", "month", "year"])),
                name="event_precision_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="withheld",
            constraint=models.UniqueConstraint(fields=("of", "row", "field"), name="withheld_once"),
        ),
        migrations.AddConstraint(
            model_name="withheld",
            constraint=models.CheckConstraint(
                condition=models.Q(("proposed_by", models.F("confirmed_by")), _negated=True),
                name="withheld_by_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="withholding",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "proposed")),
                fields=("of", "row", "field"),
                name="withholding_is_proposed_once",
                violation_error_message="It is proposed already: somebody else confirms that.",
            ),
        ),
        migrations.AddConstraint(
            model_name="withholding",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["proposed", "confirmed", "withdrawn"])),
                name="withholding_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="withholding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "confirmed"), _negated=True),
                    models.Q(
                        ("decided_by__isnull", False),
                        models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="withholding_is_confirmed_by_a_second_person",
                violation_error_message="A second person confirms it.",
            ),
        ),
        migrations.AddIndex(
            model_name="standingtoday",
            index=models.Index(fields=["status", "action"], name="standing_by_status"),
        ),
        migrations.AddIndex(
            model_name="standingtoday",
            index=models.Index(fields=["last_checked_on", "action"], name="standing_by_last_check"),
        ),
        migrations.AddIndex(
            model_name="standingtoday",
            index=models.Index(fields=["asked_on", "action"], name="standing_by_asked_on"),
        ),
        migrations.AddIndex(
            model_name="standingtoday",
            index=models.Index(
                fields=["-answered_on", "asked_on", "action"], name="standing_by_wait"
            ),
        ),
        migrations.AddIndex(
            model_name="standingtoday",
            index=models.Index(fields=["-public_from", "action"], name="standing_by_public_from"),
        ),
        migrations.AddIndex(
            model_name="standingtoday",
            index=models.Index(
                condition=models.Q(("state", "draft")), fields=["action"], name="standing_draft"
            ),
        ),
        migrations.AddIndex(
            model_name="standingtoday",
            index=models.Index(
                condition=models.Q(("expected_by__isnull", False)),
                fields=["action"],
                name="standing_due",
            ),
        ),
    ]
