"""Values as source code gives them: known, null, or unknown with a reason; never silently missing.

Absent is Python's `None` (no such argument), null is `Null()`, unknown is `Unknown(why, …)`. A string is a
`Text`, which can hold unknown parts between known ones. Every value keeps the place it was written at; the place
is no part of equality.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum, unique
from math import isfinite
from string import ascii_letters, ascii_lowercase, digits
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Position(NamedTuple):
    """A place in a file: line and column, both from 1."""

    line: int
    column: int = 1


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was written: a file, the first and the last place of it, and its path in a template or plan.

    `file` is a path as the user would type it. `path` is such as `("Resources", "Key", "Properties", "KeyPolicy")`;
    empty where the language has none. `note` says how a value that nobody wrote came to be ("default", "given").
    """

    file: str = ""
    start: Position = Position(1)
    end: Position = Position(1)
    path: tuple[str | int, ...] = ()
    note: str = ""


NOWHERE: Final = Origin()


@dataclass(frozen=True, slots=True)
class Shape:
    """What a hole can be filled with: characters (`None`: any), and how many of them (`None`: no limit)."""

    characters: frozenset[str] | None = None
    shortest: int = 0
    longest: int | None = None

    def admits(self, text: str) -> bool:
        """Whether a hole of this shape can be filled with `text`."""
        return (
            self.shortest <= len(text)
            and (self.longest is None or len(text) <= self.longest)
            and (self.characters is None or self.characters.issuperset(text))
        )

    def can_hold(self, character: str) -> bool:
        """Whether some text of this shape has `character` in it."""
        return self.longest != 0 and (self.characters is None or character in self.characters)


ANY: Final = Shape()
ACCOUNT_ID: Final = Shape(frozenset(digits), 12, 12)
PARTITION_NAME: Final = Shape(frozenset(ascii_lowercase + "-"), 3, 16)
REGION_NAME: Final = Shape(frozenset(ascii_lowercase + digits + "-"), 4, 32)
DOMAIN_NAME: Final = Shape(frozenset(ascii_lowercase + digits + "-."), 4, 64)
NAME: Final = Shape(frozenset(ascii_letters + digits + "+=,.@_-"), 1, 256)  # the characters of an IAM name
KEY_ID: Final = Shape(frozenset(ascii_lowercase + digits + "-"), 1, 64)  # a UUID, or mrk- and 32 hexadecimal digits


class Own(Enum):
    """What a deployment knows of itself, and the source does not: one hole of each kind, whatever it is called.

    The user can bind account and region; then they are literals.
    """

    ACCOUNT = "account"
    PARTITION = "partition"
    REGION = "region"
    URL_SUFFIX = "url suffix"

    @property
    def shape(self) -> Shape:
        """What the hole can be filled with."""
        return _OWN_SHAPES[self]


_OWN_SHAPES: Final = {
    Own.ACCOUNT: ACCOUNT_ID,
    Own.PARTITION: PARTITION_NAME,
    Own.REGION: REGION_NAME,
    Own.URL_SUFFIX: DOMAIN_NAME,
}


@dataclass(frozen=True, slots=True)
class Reference:
    """What AWS will make up for a block of the source, such as a key's id: unknown, but always the same for the block.

    `block` is a logical id or a full address, `attribute` names the made-up part. Two equal references stand for the
    same text, two different ones may still stand for equal texts unless the attribute is unique in AWS (a key id).
    """

    block: str
    attribute: str
    shape: Shape = field(default=ANY, compare=False)


# A replica of a multi-Region key has the id of its primary: both are the primary's reference.
# No two roles, users or policies of an account have one name, and what is made up for a name is made up once.
UNIQUE_ATTRIBUTES: Final = frozenset({"key_id", "name", "name_suffix", "unique_id"})


class AdviceKind(Enum):
    """What a user can do to make a value known; each host says how it is done there (`render.advice`)."""

    GIVE_PARAMETER = "give the parameter a value"
    GIVE_VARIABLE = "give the variable a value"
    BIND = "say which account or Region it is deployed to"
    NAME_DEPLOYER = "say who deploys"
    NAME_WORKSPACE = "say which workspace of Terraform is deployed"
    DECLARE = "declare it in the settings"
    INITIALIZE = "have Terraform fetch the modules"
    WITH_EXPORT = "judge it together with the template that exports it"
    NAME_STACK = "say what the stack of a template is called"
    WITH_ALIAS = "judge it together with the configuration that makes the alias"
    WITH_ROLE = "judge it together with the configuration that makes the role"
    WITH_STATE = "judge it together with the configuration that has the state"
    WITH_STORED = "judge it together with what creates the parameter"
    WIDEN_ROOT = "let it be read"
    FIX = "fix it"
    COMPLY = "write what is accepted"
    ADD = "add it"
    SHRINK = "make it smaller"
    BREAK_CYCLE = "break the cycle"
    CHECK_OUT = "have the directory there"
    PROCESSED = "judge the template that CloudFormation makes of it"
    WITH_NESTED = "judge it together with the template that it nests"
    SEPARATELY = "judge what is deployed by itself"
    EXPAND = "write it out"
    CORRECT = "correct the name"
    OTHER_PATH = "judge something else"
    RENDER_TERRAGRUNT = "judge what Terragrunt makes of it"
    PACKAGE_SERVERLESS = "judge the template that the Serverless Framework makes of it"
    SYNTHESIZE_CDK = "judge the templates that the CDK makes of it"
    SYNTHESIZE_CDKTF = "judge the configuration that CDKTF makes of it"


class Advice(NamedTuple):
    """What a user can do, and with what: a parameter's name, "account"."""

    kind: AdviceKind
    subject: str


@unique
class Why(Enum):
    """Why a value is not known: a phrase for users, and what they can do about it. `{0}` is `Unknown.subject`."""

    NO_VALUE = ("parameter `{0}` has no default and no value given", AdviceKind.GIVE_PARAMETER)
    NO_VARIABLE = ("variable `{0}` has no default and no value given", AdviceKind.GIVE_VARIABLE)
    UNDECIDED = "it depends on {0}"
    PARAMETER = ("it depends on parameter `{0}`", AdviceKind.GIVE_PARAMETER)
    AFTER_APPLY = "{0} is known only after deployment"
    UNSUPPORTED_FUNCTION = "function `{0}` is not evaluated"
    UNKNOWN_ARGUMENT = "an argument of `{0}` is not known"
    INVALID = ("{0}", AdviceKind.FIX)
    REFUSED = ("{0}", AdviceKind.COMPLY)  # by whoever deploys it, to be sure
    GONE = ("`{0}` is not deployed", AdviceKind.FIX)
    MISSING = ("{0} is missing", AdviceKind.ADD)
    TRANSFORM = "`{0}` is evaluated by CloudFormation, not in the source"
    IMPORT = ("`{0}` is exported by another stack", AdviceKind.WITH_EXPORT)
    STACK_NAME = ("what the stack of `{0}` is called, and so what it exports, is not given", AdviceKind.NAME_STACK)
    DYNAMIC = "`{0}` is resolved when the stack is deployed"
    SSM = ("Systems Manager parameter `{0}` is read when it is deployed", AdviceKind.WITH_STORED)
    STORED = ("parameter `{0}` takes its value from Systems Manager", AdviceKind.GIVE_PARAMETER)
    DATA = "{0} is read from AWS when the configuration is applied"
    ALIAS = ("the key that `{0}` points to is not in this configuration", AdviceKind.WITH_ALIAS)
    ROLE = ("role `{0}` is not in this configuration", AdviceKind.WITH_ROLE)
    STATE = ("it is read from the state `{0}`", AdviceKind.WITH_STATE)
    REMOTE_MODULE = ("module source `{0}` is not here", AdviceKind.INITIALIZE)
    NO_MODULE = ("module directory `{0}` is not here", AdviceKind.CHECK_OUT)
    MACRO = ("macro `{0}` can change everything that it covers, and is not in the source", AdviceKind.PROCESSED)
    INCLUDE = ("what `{0}` includes is not in the source", AdviceKind.PROCESSED)
    MODULE_TYPE = ("`{0}` is a module of the CloudFormation registry, and is not in the source", AdviceKind.PROCESSED)
    NESTED = ("the template of nested stack `{0}` is not judged with this one", AdviceKind.WITH_NESTED)
    DEFINITION = "the definition of state machine `{0}` is not in the source"
    SHADOWED = "`{0}`, which Terraform reads, is not looked into: OpenTofu reads the `.tofu` file of that name instead"
    TERRAGRUNT = ("Terragrunt is not evaluated, so this unit is not checked", AdviceKind.RENDER_TERRAGRUNT)
    SERVERLESS = ("the Serverless Framework is not evaluated, so this is not checked", AdviceKind.PACKAGE_SERVERLESS)
    CDK = ("an app of the AWS CDK is not run, so its stacks are not checked", AdviceKind.SYNTHESIZE_CDK)
    CDKTF = ("an app of CDK for Terraform is not run, so its stacks are not checked", AdviceKind.SYNTHESIZE_CDKTF)
    PULUMI = "Pulumi is not evaluated, so this project is not checked"
    UNUSED_PARAMETER = ("no template that was checked has parameter `{0}`", AdviceKind.CORRECT)
    UNUSED_VARIABLE = ("no root module that was checked has variable `{0}`", AdviceKind.CORRECT)
    UNUSED_FILE = ("nothing that was checked uses `{0}`", AdviceKind.OTHER_PATH)
    UNUSED_NAME = ("`{0}` is not in what was checked", AdviceKind.CORRECT)
    UNUSED_KEY = ("nothing that was checked uses key `{0}`, which is declared", AdviceKind.CORRECT)
    UNUSED_ROLE = ("nothing that was checked uses role `{0}`, which is declared", AdviceKind.CORRECT)
    UNUSED_POLICY = ("nothing that was checked uses policy `{0}`, which is declared", AdviceKind.CORRECT)
    UNKNOWN_REGION = ("`{0}` is not a Region that keyfit knows", AdviceKind.CORRECT)
    NOTHING = ("nothing was judged: {0}", AdviceKind.OTHER_PATH)
    LOOP = ("what `{0}` creates is not known, since its collection is not, or is too large", AdviceKind.EXPAND)
    LOOP_OVER = ("what the loop over parameter `{0}` creates is not known", AdviceKind.GIVE_PARAMETER)
    ELSEWHERE = ("what `{0}` deploys is not looked into", AdviceKind.SEPARATELY)
    NO_SUCH_BLOCK = "`{0}` is not in the source"
    NO_SUCH_ATTRIBUTE = "what `{0}` returns is not known"
    OUTSIDE_ROOT = ("`{0}` is outside the scanned directory", AdviceKind.WIDEN_ROOT)
    OUTSIDE_SOURCE = ("{0} is not in the source", AdviceKind.DECLARE)
    UNREADABLE = "{0}"
    BOUND = ("{0}", AdviceKind.SHRINK)
    CYCLE = ("`{0}` refers to itself", AdviceKind.BREAK_CYCLE)
    RUN_TIME = "{0} is known only at run time"
    WORKSPACE = ("{0} is not given", AdviceKind.NAME_WORKSPACE)
    UNDOCUMENTED = "AWS does not document {0}"
    UNTOLD = "the source does not say {0}"
    UNBOUND = ("the {0} that it is deployed to is not given", AdviceKind.BIND)

    def __init__(self, phrase: str, advice: AdviceKind | None = None) -> None:
        self.phrase = phrase
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that the source does not tell, and why.

    `subject` is what the reason speaks of. `identity` names the thing that is unknown: two unknowns that are equal and
    have an identity stand for the same value; without one, nothing can be said. `choices` are the names of all choices
    (`alternatives.Choice`) that the value depends on. `not_in` are texts it is known to differ from.
    """

    why: Why
    subject: str = ""
    identity: str = ""
    choices: frozenset[str] = frozenset()
    not_in: frozenset[str] = frozenset()
    shape: Shape = field(default=ANY, compare=False)
    origin: Origin = field(default=NOWHERE, compare=False)

    @property
    def phrase(self) -> str:
        """The reason in words, as it follows "cannot tell: "."""
        return self.why.phrase.format(self.subject)

    @property
    def advice(self) -> Advice | None:
        """What the user can do to make it known; `None` where nothing helps."""
        return Advice(self.why.advice, self.subject) if self.why.advice else None

    def part(self, name: str) -> Unknown:
        """What is inside it under `name`: unknown for the same reason, and another value than the whole."""
        identity = f"{self.identity}.{name}" if self.identity else ""
        return replace(self, identity=identity, not_in=frozenset(), shape=ANY)


# How the identity of a parameter begins that is read from Systems Manager: the name that it has there follows.
STORED: Final = "stored "
# How the identity of an unknown begins that says whether something is there: true of all that bear it, or of none.
EXISTS: Final = "exists "
# How the identity of what is one for each element of an unknown collection begins.
EACH: Final = "each of "

Hole: TypeAlias = "Unknown | Reference | Own"


@dataclass(frozen=True, slots=True)
class Text:
    """A string, part of which can be unknown. Make one with `text(…)`, which keeps `parts` in normal form.

    In normal form no part is an empty string and no two strings are neighbours; so equal texts have equal parts.
    """

    parts: tuple[str | Hole, ...] = ()
    origin: Origin = field(default=NOWHERE, compare=False)

    @property
    def literal(self) -> str | None:
        """The string, if all of it is known."""
        parts = self.parts
        if not parts:
            return ""
        return parts[0] if len(parts) == 1 and isinstance(parts[0], str) else None

    @property
    def known(self) -> str:
        """The known parts, in a row."""
        return "".join(part for part in self.parts if isinstance(part, str))

    @property
    def holes(self) -> tuple[Hole, ...]:
        """The unknown parts, in their order."""
        return tuple(part for part in self.parts if not isinstance(part, str))

    @property
    def prefix(self) -> str:
        """The known beginning."""
        return self.parts[0] if self.parts and isinstance(self.parts[0], str) else ""


@dataclass(frozen=True, slots=True)
class Number:
    """A number."""

    value: int | float
    origin: Origin = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Bool:
    """A boolean."""

    value: bool
    origin: Origin = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Null:
    """Null: written, and nothing."""

    origin: Origin = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class List:
    """A list. `rest`, where given, stands for unknown further elements (none, one or many) anywhere among the items."""

    items: tuple[Value, ...] = ()
    rest: Unknown | None = None
    origin: Origin = field(default=NOWHERE, compare=False)


class Entry(NamedTuple):
    """A key and its value; the key is a text, so part of it can be unknown."""

    key: Text
    value: Value


@dataclass(frozen=True, slots=True)
class Object:
    """A map, in the order it was written. `rest`, where given, stands for unknown further entries."""

    entries: tuple[Entry, ...] = ()
    rest: Unknown | None = None
    origin: Origin = field(default=NOWHERE, compare=False)

    def find(self, name: str) -> Value | None:
        """The value of key `name`: the last one given; `None` where it is absent; unknown where that is not known."""
        for key, value in reversed(self.entries):
            if key.literal is None:
                open_ = Unknown(Why.UNREADABLE, "a key of the object is not known", origin=key.origin)
                return next((part for part in key.holes if isinstance(part, Unknown)), open_).part(name)
            if key.literal == name:
                return value
        return None if self.rest is None else self.rest.part(name)


Value: TypeAlias = "Text | Number | Bool | Null | List | Object | Unknown"


def number(value: float, origin: Origin = NOWHERE) -> Number | Unknown:
    """A number; unknown where it is none, or none that a float can hold: computing with those has no end."""
    try:
        finite = isfinite(value)
    except OverflowError:
        finite = False
    return Number(value, origin) if finite else Unknown(Why.BOUND, "a number is too large", origin=origin)


def text(*parts: str | Hole | Text, origin: Origin = NOWHERE) -> Text:
    """The parts, one after the other, as one `Text` in normal form."""
    if len(parts) == 1 and isinstance(parts[0], str):
        return Text(parts if parts[0] else (), origin)  # type: ignore[arg-type]  # it is a string
    normal: list[str | Hole] = []
    for part in _flat(parts):
        if isinstance(part, str) and normal and isinstance(normal[-1], str):
            normal[-1] += part
        elif part != "":
            normal.append(part)
    return Text(tuple(normal), origin)


def _flat(parts: Iterable[str | Hole | Text]) -> Iterator[str | Hole]:
    for part in parts:
        if isinstance(part, Text):
            yield from part.parts
        else:
            yield part


def shape_of(hole: Hole) -> Shape:
    """What `hole` can be filled with."""
    return hole.shape


def same(left: Hole, right: Hole) -> bool:
    """Whether two holes surely stand for the same text."""
    return left == right and not (isinstance(left, Unknown) and not left.identity)


def differ(left: Hole, right: Hole) -> bool:
    """Whether two holes surely stand for different texts: what AWS gives to one block alone, for two blocks."""
    return (
        isinstance(left, Reference)
        and isinstance(right, Reference)
        and left.attribute == right.attribute
        and left.attribute in UNIQUE_ATTRIBUTES
        and left.block != right.block
    )


def holes_in(value: Value | None) -> tuple[Hole, ...]:
    """Every hole of `value`, itself included where it is unknown, in the order written."""
    found: list[Hole] = []
    pending: list[Value | None] = [value]
    while pending:
        match pending.pop():
            case Unknown() as hole:
                found.append(hole)
            case Text() as string:
                found.extend(string.holes)
            case List(items, rest):
                pending.append(rest)
                pending.extend(reversed(items))
            case Object(entries, rest):
                pending.append(rest)
                for key, inner in reversed(entries):
                    pending.extend((inner, key))
            case _:
                pass
    return tuple(found)


def choices_in(value: Value | None) -> frozenset[str]:
    """The names of all choices that `value` depends on."""
    return frozenset().union(*(hole.choices for hole in holes_in(value) if isinstance(hole, Unknown)))
