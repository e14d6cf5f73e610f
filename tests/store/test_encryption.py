"""A warehouse's data goes to another computer only when that one has proved who it is."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from urllib.parse import quote

import pytest
from sqlalchemy import text

from tests.certificates import Authority
from tools.postgres import DEBIAN, PASSWORD, PostgresServer
from warehouse_app.domain.errors import (
    NoAuthority,
    ServerNotTrusted,
    ServerSpeaksPlainly,
    ServerUnproven,
    ServiceInUrl,
    StoreUnavailable,
)
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database

NAME = "warehouse-server"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    if shutil.which("openssl") is None or not list(DEBIAN.glob("*/bin/initdb")):
        pytest.skip("needs openssl, and a PostgreSQL that was built with TLS")
    return Authority(tmp_path_factory.mktemp("certificates") / "mine")


@pytest.fixture(scope="module")
def server(authority: Authority) -> Iterator[PostgresServer]:
    certificate, key = authority.sign_for(NAME)
    with PostgresServer() as server:
        server.encrypt(certificate, key)
        yield server


def url_of(server: PostgresServer, root: Path | str, name: str = NAME, sslmode: str = "verify-full") -> str:
    user = f"postgres:{quote(PASSWORD, safe='')}"
    where = f"host={name}&hostaddr=127.0.0.1&port={server.port}"
    return f"postgresql://{user}@/postgres?{where}&sslmode={sslmode}&sslrootcert={root}"


def ask(url: str) -> object:
    database = Database(open_database(url))
    try:
        with database.engine.connect() as connection:
            return connection.execute(text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")).scalar()
    finally:
        database.close()


def test_server_with_the_right_certificate_is_connected_to_encrypted(
    server: PostgresServer, authority: Authority
) -> None:
    assert ask(url_of(server, authority.certificate)) is True


def test_server_that_another_authority_signed_is_refused(server: PostgresServer, tmp_path: Path) -> None:
    stranger = Authority(tmp_path / "stranger")

    with pytest.raises(ServerNotTrusted, match="certificate verify failed"):
        ask(url_of(server, stranger.certificate))


def test_server_of_another_name_is_refused(server: PostgresServer, authority: Authority) -> None:
    with pytest.raises(ServerNotTrusted, match=r'"warehouse-server" does not match host name "other-server"'):
        ask(url_of(server, authority.certificate, "other-server"))


def test_missing_authority_is_named_with_its_file(server: PostgresServer, tmp_path: Path) -> None:
    with pytest.raises(NoAuthority, match=r"ca\.crt") as told:
        ask(url_of(server, tmp_path / "ca.crt"))

    assert "sslmode" not in str(told.value)


def test_server_that_does_not_encrypt_gets_nothing_but_the_question(postgres: PostgresServer, tmp_path: Path) -> None:
    certificate = Authority(tmp_path / "mine").certificate

    with pytest.raises(ServerSpeaksPlainly, match="does not encrypt"):
        ask(url_of(postgres, certificate))
    sent = sent_to_one_who_does_not_encrypt(certificate)

    assert sent == bytes.fromhex("0000000804d2162f")


def sent_to_one_who_does_not_encrypt(certificate: Path) -> bytes:
    """All that a client sends to somebody who answers the question for encryption with no."""
    got: list[bytes] = []

    def answer(listener: socket.socket) -> None:
        door, _ = listener.accept()
        with door:
            got.append(door.recv(1_000))
            door.sendall(b"N")
            got.append(door.recv(1_000))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Thread(target=answer, args=(listener,))
        server.start()
        where = f"host={NAME}&hostaddr=127.0.0.1&port={listener.getsockname()[1]}"
        with pytest.raises(StoreUnavailable):
            ask(f"postgresql://wms:secret@/wms?{where}&sslmode=verify-full&sslrootcert={certificate}")
        server.join()
    return b"".join(got)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://wms@db1/wms",
        "postgresql://wms@192.168.1.10/wms",
        "postgresql://wms@db1/wms?sslmode=require",
        "postgresql://wms@db1/wms?sslmode=verify-ca",
        "postgresql://wms@127.0.0.1:5432,db2:5432/wms",
        "postgresql://wms@/wms?host=127.0.0.1,db2",
        "postgresql://wms@/wms?host=127.0.0.1:1&host=db2:2",
        "postgresql://wms@localhost/wms?hostaddr=192.168.1.10",
        "postgresql://wms@[fe80::1]:5432,[::1]/wms",
    ],
)
def test_url_to_another_computer_without_its_certificate_is_refused(url: str) -> None:
    with pytest.raises(ServerUnproven, match=r"sslmode=verify-full&sslrootcert=FILE"):
        open_database(url)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://wms@/wms",
        "postgresql://wms@localhost/wms",
        "postgresql://wms@127.0.0.1:5433,[::1]:5434/wms",
        "postgresql://wms@/wms?host=/run/postgresql",
        "postgresql://wms@db1,db2:5433/wms?sslmode=verify-full",
    ],
)
def test_url_to_this_machine_or_with_a_certificate_is_opened(url: str) -> None:
    open_database(url).dispose()


def test_what_the_environment_says_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    services = tmp_path / "services.conf"
    services.write_text("[plain]\nhost=db1\n\n[proven]\nhost=db1\nsslmode=verify-full\n")
    monkeypatch.setenv("PGSERVICEFILE", str(services))

    monkeypatch.setenv("PGHOST", "db1")
    with pytest.raises(ServerUnproven, match="db1:5432"):
        open_database("postgresql://wms@/wms")
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    open_database("postgresql://wms@/wms").dispose()
    monkeypatch.delenv("PGSSLMODE")
    monkeypatch.setenv("PGSERVICE", "plain")
    with pytest.raises(ServerUnproven):
        open_database("postgresql://wms@/wms")
    monkeypatch.setenv("PGSERVICE", "proven")
    open_database("postgresql://wms@/wms").dispose()
    with pytest.raises(ServiceInUrl, match="PGSERVICE=plain"):
        open_database("postgresql://wms@/wms?service=plain")
