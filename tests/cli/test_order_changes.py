"""`orders change`, `split`, `merge` and `unrelease`: what they print, and what they say to words that cannot be."""

import pytest

from tests.cli.commands import Shell

ORDER_KEYS = {"order", "state", "lines", "reasons", "history", "cartons"}


def released(shell: Shell) -> str:
    """A released order with several lines."""
    orders = shell.run("orders", "list", "--state", "released").json
    return next(str(order["order"]) for order in orders if len(order["lines"]) > 1)


def test_order_is_taken_back_changed_and_split(shell: Shell) -> None:
    order = released(shell)
    back = shell.run("orders", "unrelease", order)
    lines = [line for line in back.json["lines"] if line["reserved"]]
    changed = shell.run("orders", "change", order, "--line", str(lines[0]["line"]), "--quantity", "0")
    split = shell.run("orders", "split", order, "--lines", str(lines[1]["line"]))
    moved = shell.run("orders", "change", order, "--address", "city=York", "postcode=YO1 7HH", "--priority", "3")

    assert ORDER_KEYS | {"units", "asked"} <= set(back.json)
    assert ORDER_KEYS | {"units_given_back", "told"} <= set(changed.json)
    assert changed.json["units_given_back"] == lines[0]["reserved"]
    assert set(split.json["new_order"]) >= ORDER_KEYS
    assert split.json["new_order"]["order"] == f"{order}-2"
    assert [entry["what"] for entry in moved.json["history"]][-2:] == ["priority_changed", "address_changed"]
    assert shell.run("verify").json["differences"] == []


def test_merge_names_the_difference(shell: Shell) -> None:
    orders = [str(order["order"]) for order in shell.run("orders", "list", "--state", "released").json[:2]]
    for order in orders:
        shell.run("orders", "unrelease", order)
    shell.run("orders", "change", orders[0], "--service", "standard")
    shell.run("orders", "change", orders[1], "--service", "next_day")

    done = shell.run("orders", "merge", *orders)

    assert done.status == 1
    assert "cannot be merged, their service differs: standard / next_day." in done.err


def test_split_order_is_merged_again(shell: Shell) -> None:
    order = released(shell)
    shell.run("orders", "unrelease", order)
    line = shell.run("orders", "show", order).json["lines"][0]["line"]
    shell.run("orders", "split", order, "--lines", str(line))

    done = shell.run("orders", "merge", order, f"{order}-2")

    assert (done.status, done.json["merged"], done.json["state"]) == (0, [f"{order}-2"], "reserved")
    assert (
        "merged into order"
        in shell.bare("orders", "show", f"{order}-2", "--database", shell.database, "--home", str(shell.home)).out
    )
    assert shell.run("verify").json["differences"] == []


@pytest.mark.on("sqlite")
@pytest.mark.parametrize(
    "words",
    [
        ("change", "NOPE", "--line", "1", "--quantity", "1"),
        ("change", "ORDER"),
        ("change", "ORDER", "--line", "1"),
        ("change", "ORDER", "--line", "1", "--quantity", "-1"),
        ("change", "ORDER", "--line", "1", "--quantity", "9223372036854775808"),
        ("change", "ORDER", "--line", "1", "--quantity", "two"),
        ("change", "ORDER", "--line", "99", "--quantity", "1"),
        ("change", "ORDER", "--service", "owl"),
        ("change", "ORDER", "--ship-policy", "maybe"),
        ("change", "ORDER", "--address", "city"),
        ("change", "ORDER", "--address", "planet=Mars"),
        ("split", "ORDER"),
        ("split", "ORDER", "--lines", "1,x"),
        ("split", "ORDER", "--line", "1"),
        ("split", "ORDER", "--line", "1", "--quantity", "0"),
        ("merge", "ORDER", "ORDER"),
        ("merge", "ORDER"),
        ("unrelease", "NOPE"),
    ],
)
def test_words_that_cannot_be_are_refused_in_one_line(words: tuple[str, ...], shell: Shell) -> None:
    order = released(shell)

    done = shell.run("orders", *(order if word == "ORDER" else word for word in words))

    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("error: ")
    assert done.err.count("\n") == 1
