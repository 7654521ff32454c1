"""What `.ci/run` leaves to `make test-thorough`, and that it leaves nothing out that matters."""

import ast
from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.browser.engines import ENGINES
from tests.factories import make_user
from tests.gate import leave_other_engines_to_the_proof
from tests.running import ROOT
from tests.test_architecture import ADVOCACY, FILES
from tests.test_roles import LISTS

# What a module names that words SQL of its own, locks rows or asks which database it is.
OWN_SQL = {
    "Func",
    "RawSQL",
    "RunSQL",
    "as_sql",
    "cursor",
    "raw",
    "select_for_update",
    "vendor",
}


def names_in(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Attribute(attr=name) | ast.Name(id=name) | ast.FunctionDef(name=name):
                yield name


def marked():
    """The modules that tests say they test on both databases."""
    for path in (ROOT / "tests").glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(attr="own_sql"), args=modules):
                    yield from map(ast.literal_eval, modules)


def test_whatever_words_sql_of_its_own_is_tested_on_both_databases():
    with_own_sql = {
        str(path.relative_to(ADVOCACY)) for path in FILES if OWN_SQL & set(names_in(path))
    }

    assert sorted(marked()) == sorted(with_own_sql), (
        "name each of these modules in `pytest.mark.own_sql(…)` of the tests of its SQL"
    )


@pytest.fixture
def chosen(request):
    return request.node.get_closest_marker("postgres") is not None


@pytest.mark.django_db(transaction=True)
def test_a_test_with_transactions_of_its_own_runs_on_both_databases(chosen):
    assert chosen


@pytest.mark.django_db
def test_a_test_of_a_page_runs_on_postgresql_in_the_proof_alone(chosen, django_assert_num_queries):
    """Counted queries too: both databases are sent the same."""
    assert not chosen


@pytest.mark.django_db
def test_a_test_that_captures_queries_to_count_them_is_such_a_one(chosen):
    with CaptureQueriesContext(connection) as queries:
        make_user()

    assert len(queries) > 0
    assert not chosen


CASES = range(11)
CHOSEN = {0, 3, 6, 10}


@pytest.mark.django_db
@pytest.mark.parametrize("case", CASES)
def test_of_a_long_series_the_gate_runs_the_ends_and_some_between(request, case):
    is_of_the_gate = request.node.get_closest_marker("thorough") is None

    assert is_of_the_gate is (case in CHOSEN)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("case", CASES)
def test_of_a_series_postgresql_runs_the_ends(chosen, case):
    assert chosen is (case in {0, 10})


class Case:
    """A test in an engine, as far as the rules read it."""

    def __init__(self, name, engine):
        self.nodeid, self.callspec = f"{name}[{engine}]", SimpleNamespace(params={"engine": engine})
        self.marks = {"one_engine"}
        self.add_marker = self.marks.add

    def get_closest_marker(self, mark):
        return mark if mark in self.marks else None


def test_of_the_engines_the_gate_runs_each_test_in_the_one_whose_turn_it_is():
    names = ["x.py::a", "x.py::b", "y.py::a", "x.py::c", "x.py::d"]
    cases = [Case(name, engine) for name in names for engine in ENGINES]

    leave_other_engines_to_the_proof(cases)

    kept = [case.nodeid for case in cases if "thorough" not in case.marks]
    engines = ["Chromium", "Firefox", "Chromium", "WebKit", "Chromium"]
    assert kept == [f"{name}[{engine}]" for name, engine in zip(names, engines, strict=True)]


@pytest.mark.every_case
@pytest.mark.django_db
@pytest.mark.parametrize("case", CASES)
def test_whatever_says_so_runs_every_case(request, case):
    assert request.node.get_closest_marker("thorough") is None


def test_no_list_of_the_desk_is_left_out_of_the_tests_of_roles():
    """Those walk in the proof: a list that nobody named there would go untested until then."""
    known = {*LISTS, "signin", "user", "group", "authenticator", "dbtaskresult"}

    assert {model._meta.model_name for model in admin.site._registry} == known
