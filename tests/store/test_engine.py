from pathlib import Path

import pytest

from warehouse_app.domain.errors import StoreUnavailable
from warehouse_app.store.engine import open_database


def test_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")

    with pytest.raises(StoreUnavailable, match="file"):
        open_database(str(tmp_path / "file" / "deeper" / "w.db"))
