"""The commands about value and periods, as a program reads them."""

from tests.cli.commands import Shell


def test_value_of_the_sample_is_the_same_however_it_is_parted(shell: Shell) -> None:
    plain = shell.run("value").json

    for by in ("owner", "zone", "age"):
        parted = shell.run("value", "--by", by).json
        assert parted["total"] == plain["total"]
        assert sum(row["value"] for row in parted["rows"]) == plain["total"]["value"]
        assert all(row.keys() == {by, "units", "value"} for row in parted["rows"])
    assert sum(row["value"] for row in plain["rows"]) == plain["total"]["value"] > 0
    assert (plain["currency"], plain["without_cost"]) == ("GBP", [])


def test_value_rolls_forward_is_closed_and_stays_proved(shell: Shell) -> None:
    done = shell.run("value", "roll-forward", "--from", "2020-01-01", "--to", "2100-01-01", "--by", "owner")
    closed = shell.run("periods", "close", "ever", "--until", "2020-01-01T00:00:00Z")
    again = shell.run("periods", "close", "ever", "--until", "2020-01-01T00:00:00Z")
    future = shell.run("periods", "close", "--until", "2100-01-01")

    total = done.json["total"]
    assert done.status == 0
    assert total["check"] == {"units": 0, "value": 0}
    assert total["opening"]["value"] + total["receipts"]["value"] == total["closing"]["value"]
    assert [row["owner"] for row in done.json["rows"]] == [""]
    assert (closed.json["name"], closed.json["value"]) == ("ever", 0)
    assert (again.status, future.status) == (1, 1)
    assert "closed already" in again.err
    assert shell.run("periods", "show", "ever").json == closed.json
    assert [one["name"] for one in shell.run("periods", "list").json] == ["ever"]
    assert shell.run("verify").status == 0


def test_wrong_costs_and_times_are_told_in_a_line(shell: Shell) -> None:
    for words in (
        ("value", "--sku", "NO-SUCH"),
        ("value", "--at", "yesterday"),
        ("value", "--at", "0001-01-01T00:00:00+14:00"),
        ("value", "roll-forward", "--from", "2030-01-01", "--to", "2020-01-01"),
        ("costs", "add", "PO-NONE", "--amount", "1", "--kind", "duty"),
        ("costs", "list", "PO-NONE"),
        ("costs", "set", "85123A", "--unit-cost", "-1"),
        ("periods", "show", "never"),
    ):
        done = shell.run(*words)

        assert (done.status, done.out) == (1, "")
        assert done.err.startswith("error: ")
        assert len(done.err.splitlines()) == 1


def test_people_read_money_and_programs_minor_units(shell: Shell) -> None:
    options = ("--database", shell.database, "--home", str(shell.home))

    text = shell.bare("value", "--sku", "85123a", *options).out
    changed = shell.run("costs", "set", "85123A", "--unit-cost", "1.4").json
    row = shell.run("value", "--sku", "85123a").json["rows"][0]

    assert "1.357 GBP" in text
    assert changed["value"] == row["units"] * 1_400_000
    assert (row["unit_cost"], row["value"]) == (1_400_000, row["units"] * 140)
    assert shell.run("value", "history", "85123A").json[-1]["kind"] == "cost_change"
