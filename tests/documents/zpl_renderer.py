"""A ZPL printer that is not ours: tools/zpl draws labels in a process of Node's."""

import base64
import io
import json
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from warehouse_app.documents.labels.dots import Resolution

FOLDER = Path(__file__).parents[2] / "tools/zpl"
ENDS_WITHIN_S = 5


class ZplRenderer:
    """Skips the test where Node or the renderer is missing."""

    def __init__(self) -> None:
        node = shutil.which("node")
        if node is None or not (FOLDER / "node_modules/zpl-renderer-js").is_dir():
            pytest.skip("the ZPL renderer is missing: install Node.js with npm, then run tools/bootstrap.sh test")
        command = [node, str(FOLDER / "render.cjs")]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def render(self, zpl: bytes, size_mm: tuple[float, float], resolution: Resolution) -> Image.Image:
        """The one label of this ZPL, black on white."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {
            "zpl": zpl.decode("ascii"), "width_mm": size_mm[0], "height_mm": size_mm[1],
            "dots_per_mm": round(resolution.dots_per_mm),
        }  # fmt: skip
        self._process.stdin.write(f"{json.dumps(asked)}\n")
        self._process.stdin.flush()
        drawn = base64.b64decode(self._process.stdout.readline())
        with Image.open(io.BytesIO(drawn)) as image:
            return image.convert("L")

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(ENDS_WITHIN_S)
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()
