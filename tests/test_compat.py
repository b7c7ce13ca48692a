"""blockdiag and its Sphinx extension run on the releases that are installed."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

FONTS = Path(__file__).parent.parent / "diagtool" / "pictures" / "fonts"
SOURCE = 'blockdiag { a [label = "Ein Server", stacked]; a -> b [label = "ja"]; }'


def run(code: str, *arguments: str | Path, cwd: Path | None = None) -> str:
    """What a Python program of its own prints; blockdiag's state is the process's."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={"PYTHONPATH": str(FONTS.parent.parent), "PATH": ""},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("kind", "start"), [("PNG", b"\x89PNG"), ("SVG", b"<?xml"), ("PDF", b"%PDF")]
)
@pytest.mark.parametrize("options", [[], ["--antialias"]], ids=["plain", "antialias"])
def test_blockdiags_own_command_draws(
    kind: str, start: bytes, options: list[str], tmp_path: Path
) -> None:
    source, picture = tmp_path / "a.diag", tmp_path / "a.out"
    source.write_text(SOURCE)
    run(
        """
        import sys
        import diagtool.blockdiag_compat
        from blockdiag.command import main
        sys.exit(main(sys.argv[1:]))
        """,
        *("-T", kind, "-o", picture, "--debug", "-f", FONTS / "LiberationSans-Regular.ttf"),
        *options,
        source,
    )
    assert picture.read_bytes().startswith(start)


def test_a_picture_is_drawn_without_a_font_file(tmp_path: Path) -> None:
    source, picture = tmp_path / "a.diag", tmp_path / "a.png"
    source.write_text(SOURCE)
    run(
        """
        import sys
        import diagtool.blockdiag_compat
        from blockdiag.utils import bootstrap
        from blockdiag.command import main
        bootstrap.detectfont = lambda options: None
        sys.exit(main(sys.argv[1:]))
        """,
        *("-o", picture, source),
    )
    assert picture.read_bytes().startswith(b"\x89PNG")


WIDTHS = """
import sys
{before}
import diagtool.blockdiag_compat
from blockdiag.imagedraw import {kind}
from blockdiag.utils.fontmap import FontInfo
drawer = {kind}.{drawer}(None)
for path in sys.argv[1:]:
    print(drawer.textlinesize("Database Servers", FontInfo("sansserif", path, 11)).width)
"""


@pytest.mark.parametrize(
    ("kind", "drawer"),
    [("png", "ImageDrawEx"), ("svg", "SVGImageDraw"), ("pdf", "PDFImageDraw")],
)
def test_fonts_of_one_process_do_not_mix_their_widths(kind: str, drawer: str) -> None:
    regular, bold = FONTS / "LiberationSans-Regular.ttf", FONTS / "LiberationSans-Bold.ttf"
    code = WIDTHS.format(kind=kind, drawer=drawer, before="")
    alone = [run(code, regular), run(code, bold)]
    assert alone[0] != alone[1]
    assert run(code, regular, bold) == "".join(alone)


def test_it_may_be_imported_after_blockdiag() -> None:
    before = """
import types
stand_in = sys.modules["pkg_resources"] = types.ModuleType("pkg_resources")
stand_in.iter_entry_points = lambda group, name=None: []
import blockdiag.imagedraw.svg, blockdiag.imagedraw.png
"""
    code = WIDTHS.format(kind="svg", drawer="SVGImageDraw", before=before)
    widths = run(code, FONTS / "LiberationSans-Regular.ttf", FONTS / "LiberationSans-Bold.ttf")
    assert len(set(widths.split())) == 2


def test_what_is_there_is_left_alone() -> None:
    run(
        """
        import sys, types
        from PIL import Image, ImageDraw, ImageFont
        there = sys.modules["pkg_resources"] = types.ModuleType("pkg_resources")
        there.iter_entry_points = lambda group, name=None: []
        Image.ANTIALIAS = "theirs"
        ImageFont.FreeTypeFont.getsize = ImageDraw.ImageDraw.textsize = print

        import diagtool.blockdiag_compat
        import blockdiag.imagedraw.png
        import blockdiag.plugins

        assert Image.ANTIALIAS == "theirs"
        assert ImageFont.FreeTypeFont.getsize is print
        assert ImageDraw.ImageDraw.textsize is print
        assert blockdiag.imagedraw.pkg_resources is there
        assert blockdiag.plugins.iter_entry_points is there.iter_entry_points
        assert sys.modules["pkg_resources"] is there
        """
    )


def test_other_code_finds_the_real_pkg_resources_or_none() -> None:
    run(
        """
        import sys
        sys.modules.pop("pkg_resources", None)
        import diagtool.blockdiag_compat
        import blockdiag.imagedraw, blockdiag.noderenderer, blockdiag.plugins

        assert "pkg_resources" not in sys.modules
        blockdiag.noderenderer.get("flowchart.database").__name__
        try:
            import pkg_resources
        except ImportError:
            pass
        else:
            pkg_resources.parse_version("1.0")
        """
    )


def test_laying_out_imports_neither_pillow_nor_the_metadata_of_packages() -> None:
    run(
        """
        import sys
        from diagtool.pictures.layout import lay_out

        lay_out("a [shape = cloud]; a -> b", name="x")
        for name in ("PIL.Image", "importlib.metadata", "pkg_resources", "fontTools"):
            assert name not in sys.modules, name

        from blockdiag.utils import images
        import PIL.Image
        assert images.Image.Image is PIL.Image.Image
        """
    )


FAMILY = {
    "seqdiag": '{ browser -> web [label = "GET /"]; browser <-- web; }',
    "nwdiag": '{ network dmz { address = "10.0.0.x/24"; web [address = "10.0.0.1"]; } }',
    "rackdiag": "{ 12U; 1: UPS [2U]; 3: Server; }",
    "packetdiag": "{ 0-15: Source; 16-31: Destination; }",
    "actdiag": "{ write -> convert; lane user { write; } lane tool { convert; } }",
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["PNG", "SVG"])
def test_the_rest_of_the_family_draws_without_setuptools(kind: str, tmp_path: Path) -> None:
    for package in ("actdiag", "nwdiag", "seqdiag"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"needs sphinxcontrib-{package}")
    formats = "".join(f"{name}_html_image_format = {kind!r}\n" for name in FAMILY)
    (tmp_path / "conf.py").write_text(
        "import diagtool.blockdiag_compat\n"
        f"extensions = ['diagtool.sphinxext', *('sphinxcontrib.' + n for n in {list(FAMILY)})]\n"
        f"{formats}"
    )
    pictures = {**FAMILY, "blockdiag": "{ a -> b; }"}
    blocks = "".join(f"\n.. {name}::\n\n   {source}\n" for name, source in pictures.items())
    (tmp_path / "index.rst").write_text(f"Page\n====\n{blocks}")
    run(
        """
        import sys
        from importlib.abc import MetaPathFinder

        class Without(MetaPathFinder):
            def find_spec(self, name, path, target=None):
                if name in ("pkg_resources", "setuptools"):
                    raise ModuleNotFoundError(name)

        sys.meta_path.insert(0, Without())
        from sphinx.cmd.build import main
        sys.exit(main(sys.argv[1:]))
        """,
        *("-W", "-q", "-b", "html", tmp_path, tmp_path / "out"),
    )
    page = (tmp_path / "out" / "index.html").read_text()
    if kind == "SVG":
        assert page.count("<svg") == len(pictures)
    else:
        assert all(f"_images/{name}-" in page for name in FAMILY)


@pytest.mark.slow
@pytest.mark.parametrize("builder", ["html", "latex", "text"])
@pytest.mark.parametrize("kind", ["PNG", "SVG"])
def test_the_sphinx_extension_builds(builder: str, kind: str, tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text(
        "import diagtool.blockdiag_compat\n"
        "extensions = ['sphinxcontrib.blockdiag']\n"
        f"blockdiag_html_image_format = {kind!r}\n"
        f"blockdiag_fontpath = {str(FONTS / 'LiberationSans-Regular.ttf')!r}\n"
        "blockdiag_antialias = True\n"
    )
    (tmp_path / "index.rst").write_text(
        textwrap.dedent(
            """
            Guide
            =====

            .. _there:

            Section
            -------

            .. blockdiag::
               :desctable:
               :caption: Two servers
               :alt: two servers

               a [description = "first", href = ":ref:`there`"]; a -> b;

            .. blockdiag::
               :figwidth: 50%
               :caption: One server

               blockdiag { c; }
            """
        )
    )
    run(
        """
        import sys
        from sphinx.cmd.build import main
        sys.exit(main(sys.argv[1:]))
        """,
        *("-W", "-q", "-b", builder, tmp_path, tmp_path / "out"),
    )
    if builder == "html":
        page = (tmp_path / "out" / "index.html").read_text()
        pictures = page.count("<svg") if kind == "SVG" else page.count('src="_images/blockdiag-')
        assert pictures == 2
        assert "#there" in page
    if builder == "latex":
        assert len(list((tmp_path / "out").glob("blockdiag-*.png"))) == 2
