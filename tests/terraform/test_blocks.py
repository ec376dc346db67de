"""The fast scanner: a file as its top-level blocks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfit.readers.hcl.blocks import MOST_BLOCKS, MOST_RECOVERIES, Span, split
from keyfit.readers.terraform.modules.block_types import TERRAFORM

TRICKY = """\
# a comment with { and "
// another }
/* and { a
   third " one */
resource "aws_kms_key" "k" { # {
  policy = "${jsonencode({ a = "}" })} \\" }" // }
  other  = <<EOT
} not the end ${ {"a" = "}"}.a } %{ if true }}%{ endif }
EOTX
  EOT
  flush  = <<-END
    }
    END
  math   = 4 / 2 < 3 /* } */
  more   = "$${ %%{ $ % {"
}
  data aws_region here {}
locals { a = 1 }
module "m"
{
}
output /* why */ "o" { value = "a\\\\" }"""


def words(source: str) -> list[tuple[str, tuple[str, ...], int, str]]:
    """Type, labels, line and problem of each block."""
    return [(span.type, span.labels, span.line, span.problem) for span in split(source, TERRAFORM)]


def test_blocks_of_a_file() -> None:
    """Braces in strings, heredocs and comments do not count."""
    assert words(TRICKY) == [
        ("resource", ("aws_kms_key", "k"), 5, ""),
        ("data", ("aws_region", "here"), 17, ""),
        ("locals", (), 18, ""),
        ("", (), 19, '`module "m"` does not begin a block'),
        ("output", ("o",), 22, ""),
    ]


def rebuilt(source: str, spans: tuple[Span, ...]) -> str:
    """The spans and what lies between them."""
    pieces: list[str] = []
    offset = 0
    for span in spans:
        pieces.extend((source[offset : span.start], source[span.start : span.end]))
        offset = span.end
    return "".join([*pieces, source[offset:]])


def gaps(source: str, spans: tuple[Span, ...]) -> list[str]:
    """What lies between the spans."""
    ends = [0, *(span.end for span in spans)]
    starts = [*(span.start for span in spans), len(source)]
    return [source[end:start] for end, start in zip(ends, starts, strict=True)]


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            'resource "a" "b" {',
            "locals {",
            "}",
            "\n",
            " ",
            '"',
            '"x"',
            "${",
            "%{",
            "$${",
            "<<EOT\n",
            "<<-EOT\n",
            "\nEOT\n",
            "# c",
            "// c",
            "/*",
            "*/",
            "a = 1",
            "\\",
            '\\"',
            "é",
            "<",
            "/",
            "\r\n",
        ]
    ),
    max_size=40,
).map("".join)


@given(FRAGMENTS)
def test_spans_and_gaps_are_the_file(source: str) -> None:
    """Every character is in one span or in one gap, in order; a gap holds white space and comments only."""
    spans = split(source, TERRAFORM)
    assert rebuilt(source, spans) == source
    assert all(span.start < span.end for span in spans)
    assert [span.start for span in spans] == sorted({span.start for span in spans})
    assert all(span.line == source.count("\n", 0, span.start) + 1 for span in spans)
    for gap in gaps(source, spans):
        lines = gap.strip()
        assert not lines or lines.startswith(("#", "//", "/*"))


@given(FRAGMENTS)
def test_a_good_block_begins_and_ends_as_one(source: str) -> None:
    """A span without a problem begins with its type and ends with its brace."""
    for span in split(source, TERRAFORM):
        if not span.problem:
            text = source[span.start : span.end]
            assert text.startswith(span.type)
            assert text.endswith("}")


BROKEN = [
    ("resource {", [("resource", (), 1, "`{` is not closed")]),
    ('locals {\n  a = "x\n}\n', [("locals", (), 1, "string is not closed (line 2)")]),
    ("locals {\n  a = <<EOT\n}\n", [("locals", (), 1, "heredoc `EOT` is not closed (line 3)")]),
    ("locals {\n /* }\n", [("locals", (), 1, "comment is not closed (line 2)")]),
    ("a = 1\nlocals {}\n", [("", (), 1, "`a = 1` does not begin a block"), ("locals", (), 2, "")]),
    ("/* x", [("", (), 1, "comment is not closed")]),
    ("\ufefflocals {}", [("locals", (), 1, "")]),
    ("locals {}\r\nlocals {}\r\n", [("locals", (), 1, ""), ("locals", (), 2, "")]),
]


@pytest.mark.parametrize(("source", "expected"), BROKEN)
def test_what_is_no_block(source: str, expected: list[tuple[str, tuple[str, ...], int, str]]) -> None:
    """Nothing is refused: what is no block says why."""
    assert words(source) == expected


def test_a_broken_block_does_not_swallow_the_rest() -> None:
    """The file is taken up again at the next line that can only begin a block."""
    source = 'resource "a" "b" {\n  x = {\n}\n\nresource "c" "d" {\n}\nmodule "m" {\n}\n'
    assert words(source) == [
        ("resource", ("a", "b"), 1, "`{` is not closed (line 8)"),
        ("resource", ("c", "d"), 5, ""),
        ("module", ("m",), 7, ""),
    ]


def test_recoveries_are_bounded() -> None:
    """After so many broken blocks the rest of the file is one span."""
    source = "locals {\n" * 1000
    spans = split(source, TERRAFORM)
    assert len(spans) == MOST_RECOVERIES
    assert spans[-1].end == len(source)


def test_comments_stand_between_the_words_of_a_header() -> None:
    """Those of one line; what begins one in a header and ends it elsewhere is no header, and is told."""
    assert words('resource /* a * b */ "t" /**/\t"n" /* x *//* y */{}') == [("resource", ("t", "n"), 1, "")]
    ((_, _, _, problem),) = words('resource /* a\n */ "t" "n" {}')
    assert problem


def test_blocks_are_bounded() -> None:
    """After so many the rest of the file is one span, and says so."""
    spans = split("a{}\n" * (MOST_BLOCKS + 10), TERRAFORM)
    assert [each.problem for each in spans if each.problem] == ["the file has more than 20,000 blocks"]
    assert len(spans) == MOST_BLOCKS + 1
    assert spans[-1].end == 4 * (MOST_BLOCKS + 10)


HOSTILE = [
    "!\n" + "a/*\n" * 300_000,
    "!\n" + "a /* */\n" * 200_000,
    'resource "a" "b" ' + " " * 1_000_000 + "{}",
    'resource "a" "b"' + " " * 1_000_000,
    "a" + " /**/" * 200_000,
    "a{}\n" * 300_000,
    "{" * 300_000,
    "a {" + "{" * 300_000,
    'a { x = "' + "${" * 100_000,
    'a { x = "' + "$" * 300_000 + '" }',
    'a { x = "' + "\\" * 300_000,
    "a {" + "<<" * 150_000 + "}",
    "a {" + "/" * 300_000,
    "a {" + "/* * " * 60_000,
    "a {" + '""' * 150_000 + "}",
    "a {" + "<<E\n" * 60_000,
    "a {\n" * 75_000,
    "#" * 300_000,
    "#\n" * 150_000,
    "a\n" * 100_000,
    "/**/" * 75_000,
    'a "' + 'b" "' * 75_000,
    " " * 300_000 + "x",
]


@pytest.mark.parametrize("source", HOSTILE, ids=lambda source: source[:12])
def test_hostile_files_end(source: str) -> None:
    """No text takes long: the walk is linear, with a stack of its own."""
    assert rebuilt(source, split(source, TERRAFORM)) == source
