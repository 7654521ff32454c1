"""What of the tests `.ci/run` runs, and on which database; `make test-thorough` runs all."""

from collections import Counter, defaultdict

# Of a long series, in the gate.
MOST_CASES = 4
# What only a test names that asks something of the database itself.
OF_THE_DATABASE = {
    "DataError",
    "DatabaseError",
    "IntegrityError",
    "InternalError",
    "OperationalError",
    "ThreadPoolExecutor",
    "connection",
    "connections",
    "transaction",
}


def turns_on_the_database(item):
    """Whether its outcome may be another one on PostgreSQL: `make test-postgres` runs these."""
    if item.get_closest_marker("one_database") or item.get_closest_marker("browser"):
        return False
    makes_transactions = any(
        mark.kwargs.get("transaction") for mark in item.iter_markers("django_db")
    )
    code = getattr(item.function, "__code__", None)
    names = set(code.co_names if code else ())
    if "CaptureQueriesContext" in names:
        # It counts what is asked: both databases are asked the same.
        names -= {"CaptureQueriesContext", "connection"}
    names_it = OF_THE_DATABASE & names
    return bool(makes_transactions or names_it or item.get_closest_marker("own_sql"))


def series_of(items):
    """The cases of each test."""
    series = defaultdict(list)
    for item in items:
        series[item.nodeid.partition("[")[0]].append(item)
    return series.values()


def is_of_the_gate(item):
    return not item.get_closest_marker("thorough")


def leave_most_of_a_long_series_to_the_proof(items):
    """Of a test that asks the database in many cases the gate runs some, evenly chosen."""
    for series in series_of(items):
        cases = [
            item
            for item in series
            if item.get_closest_marker("django_db") and not item.get_closest_marker("every_case")
        ]
        chosen = {place * (len(cases) - 1) // (MOST_CASES - 1) for place in range(MOST_CASES)}
        for place, item in enumerate(cases):
            if place not in chosen and len(cases) > MOST_CASES:
                item.add_marker("thorough")


def leave_other_engines_to_the_proof(items):
    """Of tests that say so the gate runs each in one engine, the next test of a file in the next.

    So it is the same engine whatever else is run.
    """
    in_engines = [item for item in items if item.get_closest_marker("one_engine")]
    tests_of = Counter()
    for cases in series_of(in_engines):
        file = cases[0].nodeid.partition("::")[0]
        place = tests_of[file]
        tests_of[file] += 1
        names = list(dict.fromkeys(case.callspec.params["engine"] for case in cases))
        for case in cases:
            if case.callspec.params["engine"] != names[place % len(names)]:
                case.add_marker("thorough")


def choose_for_postgresql(items):
    """Mark what `make test-postgres` runs: one case turns on the database as another does, so of
    a series the ends."""
    for series in series_of(filter(turns_on_the_database, items)):
        cases = list(filter(is_of_the_gate, series)) or series
        if not cases[0].get_closest_marker("every_case"):
            cases = [cases[0], cases[-1]]
        for item in cases:
            item.add_marker("postgres")
