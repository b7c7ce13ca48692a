"""Text that is written as reStructuredText reads back as just that text."""

from docutils.core import publish_doctree
from docutils.nodes import document
from hypothesis import example, given
from hypothesis import strategies as st

from diagtool.guide import rst

# Everything that reStructuredText gives a meaning to, and letters between.
TEXTS = st.text(
    st.sampled_from(list("ab1 *`_|\\:<>[]()@#.-+=/'\"{}~^é,;!i…")), min_size=1, max_size=16
).map(lambda text: " ".join(text.split()))


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


@given(TEXTS.filter(bool), TEXTS.map(lambda t: t.replace("`", "").strip()).filter(bool), TEXTS)
@example("(", ")", "x")
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
