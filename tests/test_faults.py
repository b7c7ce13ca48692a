"""Runs that are killed, have no room, may not write or meet each other: no file is ever half."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

ROOT = Path(__file__).parents[1]
DESIGNATE = ROOT / "topology" / "designate.yaml"
COMMANDS = {
    "export": ["export", "-f", "svg", "-f", "blockdiag", "-f", "drawio"],
    "render": ["render"],
}

pytestmark = pytest.mark.slow


def start(
    command: str, out: Path, topology: Path = DESIGNATE, *, before: Callable[[], None] | None = None
) -> subprocess.Popen[str]:
    """A run of a command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "diagtool", *COMMANDS[command], "-o", out, "-t", topology],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=before,
    )


def run(command: str, out: Path, topology: Path = DESIGNATE) -> tuple[int, str]:
    process = start(command, out, topology)
    said, _ = process.communicate(timeout=60)
    return process.returncode, said


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(params=COMMANDS)
def command(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """A topology of which every file differs from Designate's."""
    path = tmp_path / "changed" / "designate.yaml"
    shutil.copytree(DESIGNATE.parent / "options", path.parent / "options")
    text = DESIGNATE.read_text("utf-8")
    path.write_text(
        text.replace("AMQP Servers", "Queues").replace("Sets", "Now sets").replace("True", "no"),
        "utf-8",
    )
    return path


def test_killed_at_any_moment(command: str, changed: Path, tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    began = time.monotonic()
    assert run(command, old)[0] == 0
    lasts = time.monotonic() - began
    assert run(command, new, changed)[0] == 0
    whole = {name: {content, files(new)[name]} for name, content in files(old).items()}
    assert any(len(contents) == 2 for contents in whole.values())
    out = tmp_path / "out"
    assert run(command, out)[0] == 0
    moments = random.Random(4)
    killed = 0
    for attempt in range(12):
        process = start(command, out, (changed, DESIGNATE)[attempt % 2])
        time.sleep(moments.uniform(0.3, 1.1) * lasts)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
        for name, content in files(out).items():
            assert name.startswith(".diagtool-") or content in whole[name], name
    assert killed
    (out / ".diagtool-0123456789abcdef.tmp").write_bytes(b"half a fi")  # as of a killed run
    assert run(command, out, changed)[0] == 0
    assert files(out) == files(new)


def test_killed_while_it_writes(tmp_path: Path) -> None:
    """Dies in the midst of a file, which no signal from outside can be sure to hit."""
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from diagtool.files import writing\n"
        "class Dies(bytes):\n"
        "    pass\n"
        "whole = Path.open\n"
        "def opens(path, mode='r', *rest, **more):\n"
        "    stream = whole(path, mode, *rest, **more)\n"
        "    if mode == 'xb':\n"
        "        stream.write(b'half')\n"
        "        stream.flush()\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return stream\n"
        "Path.open = opens\n"
        "writing.write(Path(sys.argv[1]), 'a.svg', b'whole')\n"
    )
    (tmp_path / "a.svg").write_bytes(b"old")
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    died = subprocess.run([sys.executable, "-c", script, tmp_path], env=env)
    assert died.returncode == -signal.SIGKILL
    assert (tmp_path / "a.svg").read_bytes() == b"old"
    assert len(files(tmp_path)) == 2
    again = script.replace(
        "os.kill(os.getpid(), signal.SIGKILL)", "stream.truncate(0); stream.seek(0)"
    )
    subprocess.run([sys.executable, "-c", again, tmp_path], env=env, check=True)
    assert files(tmp_path) == {"a.svg": b"whole"}


def test_twice_at_once_into_one_folder(command: str, changed: Path, tmp_path: Path) -> None:
    old, new, out = (tmp_path / name for name in ("old", "new", "out"))
    assert run(command, old)[0] == run(command, new, changed)[0] == 0
    both = [start(command, out, topology) for topology in (DESIGNATE, changed) * 2]
    for process in both:
        said, _ = process.communicate(timeout=60)
        assert process.returncode == 0, said
    assert files(out).keys() == files(old).keys()
    for name, content in files(out).items():
        assert content in (files(old)[name], files(new)[name])
    assert run(command, out)[0] == 0
    assert files(out) == files(old)


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[None]:
    folder.mkdir()
    options = f"size={size},mode=777"
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, text=True
    )
    if made.returncode:
        pytest.skip(f"no small disk can be mounted: {made.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.skipif(
    not os.environ.get("CI") and os.geteuid() != 0, reason="only the superuser mounts a small disk"
)
def test_full_disk(command: str, changed: Path, tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    assert run(command, old)[0] == run(command, new, changed)[0] == 0
    disk = tmp_path / "disk"
    with small_disk(disk, 256 * 1024):
        out = disk / "out"
        assert run(command, out)[0] == 0
        (disk / "ballast").write_bytes(b"")
        with (disk / "ballast").open("wb", buffering=0) as ballast, pytest.raises(OSError):
            while True:
                ballast.write(bytes(4096))
        code, said = run(command, out, changed)
        assert code == 1
        assert "No space left on device" in said
        assert "Traceback" not in said
        for name, content in files(out).items():
            assert content in (files(old)[name], files(new)[name]), name
        (disk / "ballast").unlink()
        assert run(command, out, changed)[0] == 0
        assert files(out) == files(new)


def test_no_room_for_large_files(command: str, changed: Path, tmp_path: Path) -> None:
    """A limit on the size of files, for those who cannot mount a disk."""
    import resource

    out, old = tmp_path / "out", tmp_path / "old"
    assert run(command, out)[0] == run(command, old)[0] == 0

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))

    process = start(command, out, changed, before=limited)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "File too large" in said
    assert "Traceback" not in said
    assert files(out).keys() == files(old).keys()


AS_NOBODY = """
import os, sys
from diagtool.cli import main
out, warm, *command = sys.argv[1:]
assert main([*command, "-o", warm]) == 0  # whatever it imports may be the superuser's
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
sys.exit(main([*command, "-o", out]))
"""


def test_without_permission(command: str, changed: Path) -> None:
    with TemporaryDirectory() as name:  # pytest's own are for their owner's eyes only
        folder = Path(name)
        topology, out = folder / "designate.yaml", folder / "out"
        shutil.copytree(changed.parent, folder, dirs_exist_ok=True)
        folder.chmod(0o755)
        assert run(command, out)[0] == 0
        before = files(out)
        out.chmod(0o555)
        arguments = [*COMMANDS[command], "-t", str(topology)]
        ran = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, out, folder / "warm", *arguments],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 1, ran.stderr
        assert "Permission denied" in ran.stderr
        assert "Traceback" not in ran.stderr
        assert files(out) == before
        out.chmod(0o755)
        assert run(command, out, topology)[0] == 0
        assert files(out) == files(folder / "warm")
