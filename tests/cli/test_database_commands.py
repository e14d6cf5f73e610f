"""db copy, db backup, db restore and verify --head, as a shell runs them."""

import pytest

from tests.cli.commands import Shell


def test_copy_prints_its_proof_and_a_second_one_is_refused(shell: Shell) -> None:
    target = str(shell.folder / "copy.db")

    copied = shell.run("db", "copy", "--to", target)
    again = shell.run("db", "copy", "--to", target)

    assert copied.status == 0
    assert copied.json["verified"] is True
    assert copied.json["tables"]["product"] > 1_000
    assert len(copied.json["ledger_hash"]) == 64
    assert (again.status, again.out) == (1, "")
    assert again.err.startswith(f"error: {target} is not empty: ")


@pytest.mark.on("sqlite")
def test_backup_is_restored_where_no_database_is_yet(shell: Shell) -> None:
    backup, place = str(shell.folder / "a.backup"), ("--database", str(shell.folder / "new" / "shared.db"))
    head = shell.run("verify").json["head"]

    written = shell.run("db", "backup", backup)
    restored = shell.bare("db", "restore", backup, "--json", *place)
    proof = shell.bare("verify", "--head", head, "--json", *place, "--home", str(shell.home))

    assert (written.status, restored.status, proof.status) == (0, 0, 0)
    assert written.json["head"] == restored.json["head"] == proof.json["head"] == head
    assert restored.json["database"] == place[1]


@pytest.mark.on("sqlite")
def test_cut_backup_is_refused_in_one_line(shell: Shell) -> None:
    backup = shell.folder / "a.backup"
    shell.run("db", "backup", str(backup))
    backup.write_bytes(backup.read_bytes()[:100_000])

    refused = shell.run("db", "restore", str(backup))

    assert (refused.status, refused.out) == (1, "")
    assert refused.err.startswith(f"error: {backup} is not restored: it has 100000 bytes")
    assert refused.err.count("\n") == 1


def test_head_that_is_not_in_the_chain_is_a_difference(shell: Shell) -> None:
    found = shell.run("verify", "--head", "0123abcd")
    without = shell.run("verify", "--head")

    assert found.status == 1
    assert [(item["what"], item["key"]) for item in found.json["differences"]] == [("seal", "head 0123abcd")]
    assert (without.status, without.err.split(".")[0]) == (1, "error: This station has kept no head of the ledger yet")


def test_head_that_the_station_kept_can_be_asked_for(shell: Shell) -> None:
    shell.run("verify")
    shell.scans("pick")

    found = shell.run("verify", "--head")

    assert found.status == 0
    assert found.json["head_kept"] == found.json["head"] != ""
