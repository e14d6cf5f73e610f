"""An authority and certificates signed by it, made as docs/team.md tells an administrator to."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Authority:
    """Signs for servers; whoever has `ca.crt` knows its signature."""

    folder: Path

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self._run(
            "openssl", "req", "-new", "-x509", "-days", "3650", "-nodes", "-subj", "/CN=Warehouse authority",
            "-keyout", "ca.key", "-out", "ca.crt",
        )  # fmt: skip

    @property
    def certificate(self) -> Path:
        """What clients check a server's certificate with."""
        return self.folder / "ca.crt"

    def sign_for(self, name: str) -> tuple[Path, Path]:
        """A certificate and its key for a server of this name."""
        (self.folder / "names").write_text(f"subjectAltName=DNS:{name}\n")
        self._run(
            "openssl", "req", "-new", "-nodes", "-subj", f"/CN={name}", "-keyout", "server.key", "-out", "server.csr"
        )
        self._run(
            "openssl", "x509", "-req", "-in", "server.csr", "-days", "3650", "-CA", "ca.crt", "-CAkey", "ca.key",
            "-CAcreateserial", "-extfile", "names", "-out", "server.crt",
        )  # fmt: skip
        return self.folder / "server.crt", self.folder / "server.key"

    def _run(self, *words: str) -> None:
        subprocess.run(words, cwd=self.folder, check=True, capture_output=True)
