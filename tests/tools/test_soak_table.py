"""The table of the long tests."""

from datetime import UTC, datetime

from tools.soak_table import BEGIN, END, ROWS, Figure, Result, duration, put_between, row_named, section_of, table_of

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SEEDS = "deterministic seeds"
RAN = Figure(SEEDS, "50,000 seeds", "all invariants hold")


def result(*, passed: bool = True, row: str = SEEDS, figures: tuple[Figure, ...] = (RAN,)) -> Result:
    return Result("tests/test_x.py::test_x", row, NOON, 3_900, passed, figures)


def line_of(table: str, name: str) -> str:
    return next(line for line in table.splitlines() if line.startswith(f"| {name} |"))


def test_row_says_what_was_asked_what_ran_and_what_came_out() -> None:
    line = line_of(table_of([result()]), SEEDS)

    assert line == f"| {SEEDS} | 500 | 50,000 seeds | all invariants hold | all invariants | 1 h 05 min | pass |"


def test_rows_that_were_not_run_are_there_in_their_order() -> None:
    lines = table_of([]).splitlines()[2:]

    assert [line.split(" | ")[0].removeprefix("| ") for line in lines] == [row.name for row in ROWS]
    assert all(line.endswith("| not run |") for line in lines)


def test_one_of_two_tests_of_a_row_that_fails_fails_the_row() -> None:
    line = line_of(table_of([result(), result(passed=False, figures=())]), SEEDS)

    assert line.endswith("| **FAIL** |")


def test_test_of_one_row_can_tell_figures_of_another() -> None:
    other = "partitions and resets"

    table = table_of([result(figures=(RAN, Figure(other, "500", "drained in 3 s")))])

    assert "| 500 | drained in 3 s |" in line_of(table, other)
    assert "drained" not in line_of(table, SEEDS)


def test_long_test_of_no_row_stands_behind_the_table() -> None:
    last = table_of([result(row="", figures=(Figure("", "a|b", "fine"),))]).splitlines()[-1]

    assert last == "| `tests/test_x.py::test_x` | – | a/b | fine | – | 1 h 05 min | pass |"


def test_long_tests_of_a_name_of_their_own_share_a_line_behind_the_table() -> None:
    own = "bookkeeper killed"

    lines = table_of([result(row="", figures=(Figure(own, did, "fine"),)) for did in ("SQLite", "PostgreSQL")])

    assert lines.splitlines()[-1] == f"| {own} | – | SQLite; PostgreSQL | fine | – | 2 h 10 min | pass |"


def test_row_is_known_whatever_dash_its_test_writes() -> None:
    assert row_named("kill -9 of a station at random points") == ROWS[0].name
    assert row_named("Deterministic seeds") == SEEDS
    assert row_named("something else") == row_named("") == ""


def test_trial_is_said_to_be_one() -> None:
    assert "scaled by 0.01" in section_of([result()], "make soak", 0.01)
    assert "Run on 2026-03-02 by `make soak` on " in section_of([result()], "make soak", 1)


def test_section_is_put_between_its_markers_and_nowhere_else() -> None:
    text = put_between("# Reliability\n", "first\n")

    again = put_between(text + "What follows.\n", "second\n")

    assert text == f"# Reliability\n\n{BEGIN}\nfirst\n{END}\n"
    assert again == f"# Reliability\n\n{BEGIN}\nsecond\n{END}\nWhat follows.\n"


def test_times_are_said_as_people_say_them() -> None:
    assert [duration(seconds) for seconds in (42, 180, 3_900)] == ["42 s", "3 min", "1 h 05 min"]
