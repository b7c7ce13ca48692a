"""``diagtool diff`` between revisions in Git, from standard input, and for pull requests."""

from __future__ import annotations

import io
import json
import re
import subprocess
from html import unescape
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from diagtool.cli.main import main
from diagtool.files.revisions import Repository, RevisionError

SHOP = """\
format: 1
name: Shop
extends: ../shared/base.yaml
services:
  web:
    connections:
      - to: queue
"""
BASE = """\
format: 1
name: Base
components:
  queue:
"""


def git(*arguments: str, given: bytes = b"") -> str:
    who = [
        "-c",
        "user.name=A",
        "-c",
        "user.email=a@example.org",
        "-c",
        "commit.gpgsign=false",
        "-c",
        "core.hooksPath=/dev/null",
    ]
    done = subprocess.run(["git", *who, *arguments], input=given, capture_output=True, check=True)
    return done.stdout.decode().strip()


def edit(path: str, old: str, new: str) -> None:
    text = Path(path).read_text()
    assert old in text
    Path(path).write_text(text.replace(old, new))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in a folder of a repository, of which ``main`` and ``HEAD`` differ."""
    folder = tmp_path / "repository" / "project"
    (folder / "topology").mkdir(parents=True)
    (folder / "shared").mkdir()
    (folder / "topology/shop.yaml").write_text(SHOP)
    (folder / "shared/base.yaml").write_text(BASE)
    (folder / "pyproject.toml").write_text('[tool.diagtool]\nroots = ["shared"]\n')
    monkeypatch.chdir(folder)
    git("init", "-q", "-b", "main", "..")
    git("add", ".")
    git("commit", "-qm", "one")
    git("checkout", "-qb", "more")
    edit("shared/base.yaml", "  queue:\n", "  queue:\n    label: Queue @team\n")
    git("commit", "-qam", "two")
    return folder


def test_two_revisions_with_all_that_they_read(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("topology/shop.yaml", "Shop", "not committed: [")
    assert main(["diff", "main..HEAD"]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "~ the label of queue is “Queue @team”, not “queue”",
        "    − main:project/shared/base.yaml:4:3",
        "    + HEAD:project/shared/base.yaml:4:3",
    ]
    assert "main:project/topology/shop.yaml and HEAD:project/topology/shop.yaml" in said.err
    assert main(["diff", "main..main"]) == 0


def test_the_working_tree_against_a_revision(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("topology/shop.yaml", "  web:\n", "  web:\n    replicas: 2\n")
    assert main(["diff", "--against", "HEAD"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "~ the number of servers of web is 2, not 3"
    assert lines[2] == "    + topology/shop.yaml:5:3"


def test_three_dots_start_where_both_parted(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git("checkout", "-q", "main")
    edit("topology/shop.yaml", "  web:\n", "  web:\n    replicas: 2\n")
    git("commit", "-qam", "later on main")
    assert main(["diff", "main...more"]) == 1
    assert "servers" not in capsys.readouterr().out
    assert main(["diff", "main..more"]) == 1
    assert "the number of servers of web is 3, not 2" in capsys.readouterr().out


def test_a_topology_that_was_renamed(project: Path) -> None:
    git("mv", "topology/shop.yaml", "topology/store.yaml")
    git("commit", "-qm", "rename")
    assert main(["diff", "HEAD~..HEAD"]) == 0
    assert main(["diff", "--against", "HEAD~"]) == 0
    assert main(["diff", "--against", "HEAD~", "-t", "topology/store.yaml"]) == 2


def test_mistakes_at_a_revision_have_their_place_there(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("shared/base.yaml", "  queue:\n", "  queue:\n  queue:\n")
    git("commit", "-qam", "a mistake")
    edit("shared/base.yaml", "  queue:\n  queue:\n", "  queue:\n")
    assert main(["diff", "--against", "HEAD"]) == 2
    said = capsys.readouterr().err
    assert "HEAD:project/shared/base.yaml:5:3: duplicate-key" in said
    assert "/tmp" not in said and "diagtool-" not in said


@pytest.mark.parametrize(
    "arguments",
    [
        ["--against", "nowhere"],
        ["--against=--output=stolen"],
        ["--against=HEAD\n"],
        ["--against="],
        ["--against", "HEAD", "-t", "../../elsewhere.yaml"],
        ["--against", "HEAD", "main..HEAD"],
        ["main..nowhere"],
        ["--help..main"],
        ["main"],
        ["-", "-"],
        [],
    ],
)
def test_what_cannot_be_compared_is_no_difference(
    arguments: list[str], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        assert main(["diff", *arguments]) == 2
    except SystemExit as error:
        assert error.code == 2
    assert capsys.readouterr().err
    assert not list(project.glob("**/stolen"))


def test_no_repository_and_no_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.yaml").write_text(SHOP)
    assert main(["diff", "--against", "main", "-t", "shop.yaml"]) == 2
    assert "not a git repository" in capsys.readouterr().err
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["diff", "--against", "main", "-t", "shop.yaml"]) == 2
    assert "git, which is not installed" in capsys.readouterr().err


def test_nothing_of_a_repository_runs_or_leads_out(project: Path, tmp_path: Path) -> None:
    """Neither a filter nor a link; a link within is followed."""
    ran = tmp_path / "ran"
    git("config", "filter.evil.smudge", f"touch {ran}")
    git("config", "filter.evil.clean", "cat")
    Path(".gitattributes").write_text("*.yaml filter=evil export-ignore\n")
    (tmp_path / "secret.yaml").write_text(SHOP)
    Path("topology/out.yaml").symlink_to("../../../secret.yaml")
    Path("topology/folder").symlink_to(tmp_path)
    Path("topology/within.yaml").symlink_to("shop.yaml")
    git("add", ".")
    git("commit", "-qm", "links")
    with Repository.around(Path()).files("HEAD") as folder:
        topology = folder / "project/topology"
        assert {path.name for path in topology.iterdir()} == {"shop.yaml", "within.yaml"}
        assert (topology / "within.yaml").read_text() == SHOP
    assert not folder.exists()
    assert not ran.exists()


def test_a_tree_that_leads_out_is_not_followed(project: Path) -> None:
    """No program of Git makes such a tree; a stranger's may."""
    blob = git("hash-object", "-w", "--stdin", given=b"x")
    raw = b"100644 evil.yaml\0" + bytes.fromhex(blob)
    inner = git("hash-object", "-t", "tree", "-w", "--stdin", "--literally", given=raw)
    raw = b"40000 ..\0" + bytes.fromhex(inner)
    outer = git("hash-object", "-t", "tree", "-w", "--stdin", "--literally", given=raw)
    commit = git("commit-tree", outer, "-m", "out")
    with Repository.around(Path()).files(commit) as folder:
        assert list(folder.iterdir()) == []
        assert not (folder.parent / "evil.yaml").exists()


def test_a_revision_is_one_commit(project: Path) -> None:
    repository = Repository.around(Path())
    for revision in ("HEAD^{tree}", "HEAD:project", "main HEAD", "^main"):
        with pytest.raises(RevisionError), repository.files(revision):
            pass


def test_standard_input(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Piped:
        def __init__(self, data: bytes) -> None:
            self.buffer = io.BytesIO(data)

    monkeypatch.chdir("topology")
    monkeypatch.setattr("sys.stdin", Piped(SHOP.encode()))
    assert main(["diff", "-", "shop.yaml"]) == 0
    assert "<stdin> and shop.yaml: no differences" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", Piped(SHOP.replace("queue", "kueue").encode()))
    assert main(["diff", "shop.yaml", "-"]) == 2
    assert "<stdin>:7:13: unknown-id" in capsys.readouterr().err
    for data in (b"\xff", b" " * (4 * 1024 * 1024 + 1)):
        monkeypatch.setattr("sys.stdin", Piped(data))
        assert main(["diff", "-", "shop.yaml"]) == 2


# --- comments -------------------------------------------------------------------------


def html(markdown: str) -> str:
    """What a forge shows."""
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown)


def test_a_comment_has_each_difference_and_the_picture(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", "main...HEAD", "--format", "markdown"]) == 1
    comment = capsys.readouterr().out
    assert comment.startswith("<!-- diagtool diff -->\n\n**Shop: 1 difference** from `")
    page = html(comment)
    assert "<li><strong>changed:</strong> the label of queue is “Queue @" in page
    assert "(<code>HEAD:project/shared/base.yaml:4:3</code>)</li>" in page
    assert '<pre><code class="language-mermaid">flowchart LR' in page
    assert "changed" in page.partition("flowchart LR")[2]
    assert "@team" not in page.partition("<pre>")[0], "that would tell somebody of it"


def test_a_comment_on_no_difference_has_no_picture(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", "HEAD..HEAD", "--format", "markdown"]) == 0
    comment = capsys.readouterr().out
    assert "no differences" in comment
    assert "mermaid" not in comment


def test_a_comment_fits_and_says_what_it_leaves_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    services = "".join(f"  web{n}:\n    connections: [{{to: q}}]\n" for n in range(900))
    text = f"format: 1\nname: Many\ncomponents:\n  q:\nservices:\n{services}"
    old.write_text(text)
    new.write_text(text.replace("{to: q}", "{from: q}"))
    assert main(["diff", str(old), str(new), "--format", "markdown"]) == 1
    comment = capsys.readouterr().out
    assert 50_000 < len(comment) < 65_536
    told = comment.count("**changed:**")
    assert f"\n- {900 - told} more: " in comment
    assert "too large for a comment" in comment


HOSTILE = [
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "![x](https://example.org/x.png)",
    "https://example.org and www.example.org",
    "`code` **bold** _it_ ~~gone~~ | cell |",
    "# heading",
    "- item",
    "1. one",
    "> quote",
    "&lt;b&gt; $x$ {{ x }}",
    "```",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_are_no_markup(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    topology = "format: 1\nname: Shop\ncomponents: {q: {}}\nservices: {w: {connections: [to: q]}}\n"
    old.write_text(topology)
    new.write_text(topology.replace("q: {}", f"q: {{label: {json.dumps(text)}}}"))
    assert main(["diff", str(old), str(new), "--format", "markdown"]) == 1
    comment = capsys.readouterr().out
    assert not re.search(r"https?:/|www\.\w", comment.partition("```mermaid")[0])
    page = html(comment).partition("<pre>")[0]
    assert set(re.findall(r"<(\w+)", page)) == {"p", "strong", "code", "ul", "li"}
    assert text in unescape(page.replace("<!-- -->", ""))
