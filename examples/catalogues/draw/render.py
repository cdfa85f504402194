# SPDX-License-Identifier: Apache-2.0
"""Pictures to WebP files, on all cores, and only those whose drawing has changed."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from .paint import Layers
from .svg import Picture

PAINTER = Path(__file__).with_name("paint.py")
RENDERER = "1"  # part of each picture's fingerprint: raise it when the same SVG must be rendered anew
RECORD = ".drawn.json"

Progress = Callable[[int, int, str], None]
Task = tuple[str, int, int, Layers]


def _fingerprint(layers: Layers) -> str:
    return hashlib.sha256("\0".join((RENDERER, *layers)).encode()).hexdigest()[:24]


def _read_record(folder: Path) -> dict[str, str]:
    try:
        return dict(json.loads((folder / RECORD).read_text("utf-8")))
    except (OSError, ValueError):
        return {}


def render(pictures: Iterable[Picture], folder: Path, progress: Progress | None = None) -> list[Path]:
    """Write each picture as ``folder/<name>.webp`` unless the file there shows this very drawing already.

    ``progress(done, total, name)`` is called after each picture that had to be drawn. Returns all paths.
    """
    folder.mkdir(parents=True, exist_ok=True)
    record = _read_record(folder)
    paths: list[Path] = []
    current: dict[str, str] = {}
    tasks: list[Task] = []
    for picture in pictures:
        path = (folder / f"{picture.name}.webp").resolve()
        paths.append(path)
        layers = picture.layers()
        current[path.name] = _fingerprint(layers)
        if not path.exists() or record.get(path.name) != current[path.name]:
            tasks.append((str(path), picture.width, picture.height, layers))
    if tasks:
        for done, name in enumerate(_paint_all(tasks), 1):
            if progress:
                progress(done, len(tasks), name)
        (folder / RECORD).write_text(json.dumps({**record, **current}, indent=0, sort_keys=True), "utf-8")
    return paths


def _paint_all(tasks: list[Task]) -> Iterator[str]:
    """Share the tasks among one process a core and yield the name of each picture as it is finished.

    Plain processes that run ``paint.py``, and no pool: the renderer holds the interpreter's lock, forking a
    program with threads is unsafe, and spawned pool workers would first import the caller's main module.
    """
    cores = min(os.cpu_count() or 1, len(tasks))
    reading, writing = os.pipe()
    painters: list[subprocess.Popen[bytes]] = []
    try:
        for core in range(cores):
            painter = subprocess.Popen(  # noqa: S603  # a file of this package, no shell
                [sys.executable, "-P", str(PAINTER)], stdin=subprocess.PIPE, stdout=writing
            )
            painters.append(painter)
            assert painter.stdin is not None
            with painter.stdin as pipe:
                pipe.write(json.dumps(tasks[core::cores]).encode())
        os.close(writing)
        writing = -1
        with os.fdopen(reading, encoding="utf-8") as names:
            reading = -1
            yield from (name.strip() for name in names)
        if any(painter.wait() for painter in painters):
            raise RuntimeError("Drawing the pictures failed: the reason stands above, on standard error.")
    finally:
        for end in (reading, writing):
            if end >= 0:
                os.close(end)
        for painter in painters:
            painter.kill()
            painter.wait()
