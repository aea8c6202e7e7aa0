"""ultralytics and OpenVINO without network: no usage reports, no installs, no downloads."""

import os
import sys
from pathlib import Path
from typing import Any

import platformdirs


def cache_folder() -> Path:
    """Where exported foreign weights and ultralytics' settings are kept; safe to delete."""
    return Path(platformdirs.user_cache_path("quaywatch", appauthor=False))


def openvino() -> Any:  # noqa: ANN401 - a module
    """The openvino module, without its usage reports: its converter falls back to a stub where telemetry is missing."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None makes the import fail
    import openvino

    return openvino


def ultralytics() -> Any:  # noqa: ANN401 - a module
    """The ultralytics module, told before import to stay offline and to unpickle known classes only."""
    openvino()
    folder = cache_folder() / "ultralytics"
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        YOLO_OFFLINE="1",
        YOLO_AUTOINSTALL="0",
        YOLO_VERBOSE="0",
        YOLO_CONFIG_DIR=str(folder),
        ULTRALYTICS_SAFE_LOAD="1",
    )
    os.environ.setdefault("OMP_NUM_THREADS", str(os.cpu_count() or 1))  # ultralytics would set 1
    from PIL import Image as Pillow

    open_image = Pillow.open
    import ultralytics
    from ultralytics.utils import patches  # noqa: F401 - loaded now, so that what it replaces can be put back

    Pillow.open = open_image  # ultralytics' own would install a package when it meets a damaged picture

    where = {name: str(folder / name.removesuffix("_dir")) for name in ("datasets_dir", "weights_dir", "runs_dir")}
    if ultralytics.settings["sync"] or any(ultralytics.settings[k] != v for k, v in where.items()):
        settings: Any = ultralytics.settings
        settings.update({"sync": False, **where})
    return ultralytics
