"""A station whose shared database does not answer goes on with the work that it holds."""

import json

from tests.cli.commands import Shell

NOBODY_ANSWERS = "postgresql://nobody@127.0.0.1:9/none"


def test_work_in_hand_goes_on_without_the_database_and_is_posted_later(shell: Shell) -> None:
    shell.scans("pick", shell.first_expected("pick"))
    tote = shell.first_expected("pick")
    text = f"{tote}\n@wait\nLIST:PL-000002\n".encode()
    words = ("station", "scan", "--task", "pick", "--worker", "W-04", "--json", "--database", NOBODY_ANSWERS)

    away = shell.bare(*words, "--home", str(shell.home), text=text)
    shell.scans("pick", "@wait")

    answers = [json.loads(line) for line in away.out.splitlines()]
    assert (away.status, [answer["feedback"]["kind"] for answer in answers[:3]]) == (0, ["prompt", "ok", "offline"])
    assert "does not answer" in away.err
    opened = answers[1]["facts"][0]["id"]
    assert opened in [fact["id"] for fact in shell.run("facts", "list", "--kind", "tote_opened").json]
