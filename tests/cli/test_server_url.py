"""A database on a server, by its URL: what is wrong with it is said in one line, which never holds the password."""

from urllib.parse import quote

import pytest

from tests.cli.commands import Done, Shell
from tools.postgres import PASSWORD, PostgresServer

pytestmark = pytest.mark.on("postgresql")


def no_secret_in(done: Done, *secrets: str) -> bool:
    return all(secret not in text for text in (done.out, done.err) for secret in (PASSWORD, quote(PASSWORD), *secrets))


def name_of(shell: Shell) -> str:
    return shell.database.partition("?")[0].rpartition("/")[2]


def refused(shell: Shell, url: str) -> str:
    """What is said about this URL on its one line."""
    done = shell.bare("orders", "list", "--json", "--database", url, "--home", str(shell.home))
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("error: ")
    assert done.err.count("\n") == 1
    assert no_secret_in(done, "hunter2")
    return done.err


def test_station_connects_by_the_network_with_its_password(shell: Shell, postgres: PostgresServer) -> None:
    url = postgres.network_url(name_of(shell))

    done = shell.bare("db", "check", "--json", "--database", url, "--home", str(shell.home))

    assert (done.status, done.json["engine"], done.json["ok"]) == (0, "postgresql", True)
    assert no_secret_in(done)


def test_wrong_password_is_said_with_the_place_to_correct_it(shell: Shell, postgres: PostgresServer) -> None:
    right = postgres.network_url(name_of(shell))
    for url in (
        right.replace(quote(PASSWORD, safe=""), "hunter2"),
        right.replace(f":{quote(PASSWORD, safe='')}", ""),
        right.replace("postgres:", "nobody-of-this-name:"),
        f"{right.replace(':' + quote(PASSWORD, safe=''), '')}?password=hunter2",
    ):
        said = refused(shell, url)

        assert f"127.0.0.1:{postgres.port} does not let" in said
        assert "WAREHOUSE_DATABASE" in said


def test_database_that_does_not_exist_is_said_with_the_command_that_makes_it(
    shell: Shell, postgres: PostgresServer
) -> None:
    for url in (postgres.network_url("missing"), postgres.url("missing")):
        said = refused(shell, url)

        assert "has no database missing" in said
        assert "createdb --owner=postgres --encoding=UTF8 --template=template0 missing" in said


def test_server_that_is_away_is_said_with_its_address(shell: Shell) -> None:
    for host in ("127.0.0.1:9", "localhost:9", "no-such-host.invalid"):
        said = refused(shell, f"postgresql://wms:hunter2@{host}/wms?sslmode=verify-full")

        assert host in said
        assert "does not answer" in said


def test_several_servers_that_are_away_are_all_named(shell: Shell) -> None:
    said = refused(shell, "postgresql://wms:hunter2@127.0.0.1:9,[::1]:9/wms")

    assert "127.0.0.1:9, [::1]:9 does not answer" in said
    assert said.count("refused") == 2


def test_url_that_is_none_is_said_without_its_password(shell: Shell) -> None:
    for url in (
        "postgresql://wms:hunter2@host:port/wms",
        "postgresql://wms:hunter2@127.0.0.1:9/wms?no_such_option=1",
        "postgresql://wms:hunter2@127.0.0.1:99999/wms",
        "postgresql://wms:hunter2@/wms?host=127.0.0.1&port=9,10",
        "postgresql://wms:hunter2@127.0.0.1:x,[::1]:9/wms",
        "oracle://wms:hunter2@127.0.0.1/wms",
    ):
        refused(shell, url)


def test_copy_to_a_server_that_refuses_names_it_without_the_password(shell: Shell, postgres: PostgresServer) -> None:
    target = postgres.network_url("missing")

    done = shell.run("db", "copy", "--to", target)
    secret = quote(PASSWORD, safe="")
    there = postgres.network_url(name_of(shell)).replace(f":{secret}", "")
    full = shell.run("db", "copy", "--to", f"{there}?password={secret}")

    assert (done.status, full.status) == (1, 1)
    assert no_secret_in(done)
    assert no_secret_in(full, secret)
    assert "is not empty" in full.err


def test_database_without_tables_is_told_how_to_get_them(shell: Shell, postgres: PostgresServer) -> None:
    said = refused(shell, postgres.network_url("postgres"))

    assert "warehouse-app db upgrade" in said
