"""Where HCL's strings, heredocs, comments and braces end: what every other module of the syntax stands on.

One walk with a stack of what is open, no recursion; the time is linear in the text. No character is looked at in Python
unless it opens or closes something.
"""

from __future__ import annotations

import re
from typing import Final

CODE: Final = "}"
STRING: Final = '"'

# The start of a heredoc. What the stack holds for it is its marker, which is neither CODE nor STRING.
HEREDOC: Final = re.compile(r"<<(-?)([^\W\d][\w.-]*)[ \t]*\r?\n")

# As much code as holds no brace, heredoc, or string with an interpolation. The alternatives begin with different
# characters and the inner loops are unrolled, so that nothing is tried twice; the bound limits the matcher's memory.
_RUN: Final = re.compile(
    r"""(?: [^"\#/<{}]+
      | "[^"\\$%\n]* (?: (?: \\[^\n] | [$%](?!\{) ) [^"\\$%\n]* )* "
      | \#[^\n]*
      | / (?: /[^\n]* | \*[^*]*(?: \*(?!/)[^*]* )*\*/ | (?![/*]) )
      | <(?!<)
    ){0,1000}""",
    re.VERBOSE,
)
_IN_STRING: Final = re.compile(r'["\n\\]|\$\$?\{|%%?\{')
_IN_HEREDOC: Final = re.compile(r"\$\$?\{|%%?\{|^[ \t]*([^\W\d][\w.-]*)[ \t]*\r?$", re.MULTILINE)
_TEMPLATE_OPENERS: Final = frozenset({"${", "%{"})


class RefusedError(Exception):
    """Text that is no HCL: `message` says why, `offset` in the source says where."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class UnclosedError(RefusedError):
    """Something is opened and not closed."""


def past(source: str, start: int, opened: str) -> int:
    """The offset just past what closes `opened`, where `start` is just past what opened it.

    `opened` is CODE after `{` or `${`, STRING after a quote, and a heredoc's marker after its first line. A heredoc
    ends with its last line, the newline after it not included. `UnclosedError` where nothing closes it.
    """
    stack = [opened]
    offset = start
    while stack:
        if stack[-1] == CODE:
            offset = _through_code(source, offset, stack)
        elif stack[-1] == STRING:
            offset = _through_string(source, offset, stack)
        else:
            offset = _through_heredoc(source, offset, stack)
    return offset


def comment_end(source: str, start: int) -> int:
    """The offset where the comment that starts at `start` ends: before the newline, or past `*/`."""
    if source.startswith("/*", start):
        end = source.find("*/", start + 2)
        if end < 0:
            raise UnclosedError("comment is not closed", start)
        return end + 2
    end = source.find("\n", start)
    return len(source) if end < 0 else end


def _through_code(source: str, offset: int, stack: list[str]) -> int:
    run = _RUN.match(source, offset)
    at = run.end() if run else offset
    match source[at : at + 1]:
        case "{":
            stack.append(CODE)
        case "}":
            stack.pop()
        case '"':
            stack.append(STRING)
        case "<":
            return _at_angles(source, at, stack)
        case "":
            raise UnclosedError("`{` is not closed", offset)
        case _:  # the run ended at its bound, or before a comment that has no end
            return comment_end(source, at) if source.startswith("/*", at) else at
    return at + 1


def _at_angles(source: str, at: int, stack: list[str]) -> int:
    heredoc = HEREDOC.match(source, at)
    if heredoc is None:
        return at + 1
    stack.append(heredoc[2])
    return heredoc.end()


def _through_string(source: str, offset: int, stack: list[str]) -> int:
    special = _IN_STRING.search(source, offset)
    if special is None or special[0] == "\n":
        raise UnclosedError("string is not closed", offset if special is None else special.start())
    if special[0] == STRING:
        stack.pop()
    elif special[0] in _TEMPLATE_OPENERS:
        stack.append(CODE)
    elif special[0] == "\\":
        return special.end() + (source[special.end() : special.end() + 1] != "\n")
    return special.end()


def _through_heredoc(source: str, offset: int, stack: list[str]) -> int:
    special = _IN_HEREDOC.search(source, offset)
    if special is None:
        raise UnclosedError(f"heredoc `{stack[-1]}` is not closed", offset)
    if special[1] == stack[-1]:
        stack.pop()
    elif special[0] in _TEMPLATE_OPENERS:
        stack.append(CODE)
    return special.end()
