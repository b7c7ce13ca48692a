"""Text that is written as reStructuredText reads back as just that text."""

import pytest
from docutils.core import publish_doctree
from docutils.nodes import document
from hypothesis import example, given
from hypothesis import strategies as st

from diagtool.guide import rst

# Everything that reStructuredText gives a meaning to, and letters between.
TEXTS = st.text(
    st.sampled_from(list("ab1 *`_|\\:<>[]()@#.-+=/'\"{}~^é,;!i…")), min_size=1, max_size=16
).map(lambda text: " ".join(text.split()))


BROKEN_OUT = "a`` :download:`/etc/hostname` `x <javascript:x>`__ ``b"


def read(source: str) -> document:
    return publish_doctree(source, settings_overrides={"report_level": 5})


@given(TEXTS.filter(bool))
@example("1. first")
@example("(a) first")
@example(".. raw:: html")
@example("====")
@example("\\\\\\\\")
@example("foo_ bar__ :role:`x` |sub| [1]_ https://example.org a@example.org ::")
def test_a_text_is_one_paragraph_of_itself(text: str) -> None:
    paragraph = read(rst.escape(text))[0]
    assert paragraph.tagname == "paragraph"
    assert [node.tagname for node in paragraph.children] == ["#text"]
    assert paragraph.astext() == text


@given(TEXTS.filter(bool), TEXTS.filter(bool), TEXTS)
@example("(", ")", "x")
@example("(", ")``", "x")
@example("a", BROKEN_OUT, "b")
@example("a", "`", "")
@example("a", "\\", "\\")
def test_markup_stays_apart_from_the_text_around_it(before: str, code: str, after: str) -> None:
    words = after or "x"
    line = rst.join([before, rst.literal(code), before, rst.link(words, "http://a.org/b_"), before])
    paragraph = read(line)[0]
    kinds = [node.tagname for node in paragraph.children]
    assert kinds == ["#text", "literal", "#text", "reference", "#text"]
    assert paragraph[1].astext() == code
    assert paragraph[3]["refuri"] == "http://a.org/b_"
    assert paragraph.astext() == before + code + before + words + before


def test_a_heading_is_long_enough_for_wide_letters() -> None:
    section = read(rst.heading("数据库 Server", "=") + "\ntext\n")
    assert section.astext().startswith("数据库 Server")
    assert not list(section.findall(lambda node: node.tagname == "system_message"))


@given(TEXTS)
@example(BROKEN_OUT)
@example("``")
@example("C:\\")
@example(" a  b\x85 c ")
def test_a_literal_is_one_node_of_its_text(text: str) -> None:
    (paragraph,) = read(rst.literal(text))
    (node,) = paragraph
    assert node.tagname == "literal"
    assert node.astext() == (" ".join(text.split()) or '""')


@given(TEXTS.filter(bool))
@example("api.options.a\\")
@example("api.options.x<evil>")
@example(BROKEN_OUT)
def test_a_role_is_given_its_whole_target(target: str) -> None:
    (paragraph,) = read(f"{rst.role('emphasis', target)} end")
    node, end = paragraph
    assert (node.tagname, node.astext(), end.astext()) == ("emphasis", target, " end")


@pytest.mark.parametrize("end", "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\0")
def test_no_text_starts_a_line(end: str) -> None:
    text = f"a{end}{end}.. raw:: html{end}{end}   x"
    for source in (rst.escape(text), rst.within(text), rst.literal(text), rst.link(text, "b")):
        assert [node.tagname for node in read(source)] == ["paragraph"]
    code = rst.raw("x" + text.replace("\n", ""))
    (block,) = read(rst.directive("code-block", body=code))
    assert block.tagname == "literal_block"
