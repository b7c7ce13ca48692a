"""Output files: whole or not at all, never outside their folder, only where they change."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from diagtool.files.writing import OutputError, write


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out" / "deep"


def test_file_and_its_folders_are_made(out: Path) -> None:
    assert write(out, "sub/a.svg", b"one")
    assert (out / "sub/a.svg").read_bytes() == b"one"
    assert [path.name for path in out.rglob("*")] == ["sub", "a.svg"]


def test_unchanged_file_is_not_touched(out: Path) -> None:
    write(out, "a.svg", b"one")
    os.utime(out / "a.svg", (1, 1))
    assert not write(out, "a.svg", b"one")
    assert (out / "a.svg").stat().st_mtime == 1
    assert write(out, "a.svg", b"two")
    assert (out / "a.svg").read_bytes() == b"two"


def test_others_may_read_what_is_published(out: Path) -> None:
    umask = os.umask(0o022)
    try:
        write(out, "a.svg", b"one")
    finally:
        os.umask(umask)
    assert (out / "a.svg").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("name", ["../a.svg", "sub/../../a.svg", "/tmp/diagtool-outside.svg"])
def test_name_cannot_lead_out(out: Path, name: str) -> None:
    with pytest.raises(OutputError, match="leads out of its folder"):
        write(out, name, b"evil")
    assert not (out.parent / "a.svg").exists()
    assert not Path("/tmp/diagtool-outside.svg").exists()


def test_link_cannot_lead_out(out: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"keep")
    out.mkdir(parents=True)
    (out / "a.svg").symlink_to(secret)
    (out / "b.svg").symlink_to(tmp_path / "new")
    (out / "sub").symlink_to(tmp_path, target_is_directory=True)
    for name in ("a.svg", "b.svg", "sub/secret", "sub/new"):
        with pytest.raises(OutputError, match="leads out of its folder"):
            write(out, name, b"evil")
    assert secret.read_bytes() == b"keep"
    assert not (tmp_path / "new").exists()


def test_link_within_the_folder_is_followed(out: Path) -> None:
    write(out, "v1.svg", b"one")
    (out / "latest.svg").symlink_to("v1.svg")
    assert write(out, "latest.svg", b"two")
    assert (out / "latest.svg").is_symlink()
    assert (out / "v1.svg").read_bytes() == b"two"


def test_folder_may_itself_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real", target_is_directory=True)
    assert write(tmp_path / "link", "a.svg", b"one")
    assert (tmp_path / "real/a.svg").read_bytes() == b"one"


def test_what_is_in_the_way_is_named(out: Path, tmp_path: Path) -> None:
    (out / "a.svg").mkdir(parents=True)
    with pytest.raises(OutputError, match=r"a\.svg: it is not a regular file"):
        write(out, "a.svg", b"one")
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"Not a directory|File exists"):
        write(tmp_path / "file", "a.svg", b"one")
    with pytest.raises(OutputError, match="File name too long"):
        write(out, "a" * 300, b"one")
    with pytest.raises(OutputError, match="null"):
        write(out, "a\0b", b"one")


@pytest.fixture
def nobody() -> Iterator[None]:
    """Whoever runs the tests, without the superuser's rights."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield
    os.seteuid(user)


def test_folder_without_permission(nobody: None) -> None:
    with pytest.raises(OutputError, match=r"^cannot write /etc/a\.svg: Permission denied$"):
        write(Path("/etc"), "a.svg", b"one")


def test_full_disk_leaves_the_old_file_and_nothing_else(out: Path) -> None:
    """A limit on the size of files fails a write half-way, as a full disk does."""
    write(out, "a.svg", b"old")
    script = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from diagtool.files.writing import OutputError, write\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n"
        "    write(Path(sys.argv[1]), 'a.svg', b'x' * 100_000)\n"
        "except OutputError as error:\n"
        "    print(error)\n"
    )
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 1000
    said = subprocess.run(
        [sys.executable, "-c", script, out], capture_output=True, text=True, check=True
    ).stdout
    assert said == f"cannot write {out}/a.svg: File too large\n"
    assert [path.name for path in out.iterdir()] == ["a.svg"]
    assert (out / "a.svg").read_bytes() == b"old"


def test_reader_and_writers_at_once_see_whole_files(out: Path) -> None:
    contents = {bytes([65 + n]) * 200_000 for n in range(4)}
    write(out, "a.svg", min(contents))
    stop = threading.Event()
    seen: set[bytes] = set()

    def read() -> None:
        while not stop.is_set():
            seen.add((out / "a.svg").read_bytes())

    def rewrite(content: bytes) -> None:
        for n in range(50):
            write(out, "a.svg", content if n % 2 else min(contents))

    reader = threading.Thread(target=read)
    writers = [threading.Thread(target=rewrite, args=(content,)) for content in contents]
    reader.start()
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    stop.set()
    reader.join()
    assert seen <= contents
    assert [path.name for path in out.iterdir()] == ["a.svg"]
