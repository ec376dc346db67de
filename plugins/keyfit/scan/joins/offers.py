"""What stacks have for others: exports, states with their outputs, aliases and roles by name."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.aws import arn
from keyfit.model import names
from keyfit.model.identities import Identity
from keyfit.model.keys import Alias
from keyfit.model.names_of_keys import find_key
from keyfit.readers.cloudformation.template.texts import fill, named_by, pieces
from keyfit.scan.joins import things
from keyfit.scan.joins.ties import can_be_one
from keyfit.scan.joins.wants import asked_for
from keyfit.truth import Truth
from keyfit.value import LISTED, List, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from keyfit.model.stack import Stack
    from keyfit.scan.joins.wants import Name
    from keyfit.value import Value


_DIGITS: Final = 9  # of the number of an element


class Offer(NamedTuple):
    """A value that fills a hole, as others see it, and the stacks that it comes from: none where they are several."""

    value: Value
    sources: tuple[Stack, ...] = ()


class Around(NamedTuple):
    """All stacks of a scan, by what they have for others; and the names of exports that are not wholly known."""

    having: Mapping[Name, list[Stack]]
    open: Sequence[tuple[Text, Stack]] = ()

    @classmethod
    def of(cls, stacks: Iterable[Stack]) -> Around:
        """Those of a scan."""
        having: dict[Name, list[Stack]] = defaultdict(list)
        having_all = tuple(stacks)
        for stack in having_all:
            for name in stack.once(_every):
                having[name].append(stack)
        outputs = ((each.export, stack) for stack in having_all for each in stack.outputs if stack.macro is None)
        return cls(having, [(name, stack) for name, stack in outputs if name is not None and "…" in named_by(name)])

    def perhaps(self, stack: Stack, export: str) -> Stack | None:
        """Another stack that exports that name, if it is called as it has to be."""
        others = ((name, each) for name, each in self.open if each is not stack and _agree(stack, each, export))
        return next((each for name, each in others if _is_after_stack(name, export)), None)

    def candidates(self, stack: Stack, name: Name) -> Sequence[Stack]:
        """The other stacks that have it, and do not contradict: a state can be of any account."""
        others = [each for each in self.having.get(name, ()) if each is not stack]
        return [each for each in others if _AGREE.get(name[0], _agree)(stack, each, name[1])]


def _every(stack: Stack) -> tuple[Name, ...]:
    return tuple(dict.fromkeys(offered(stack)))


def offered(stack: Stack) -> Iterator[Name]:
    """What a stack has for others; nothing where a macro can change it."""
    state = stack.configuration.state() if stack.configuration is not None else None
    if state is not None:
        yield "state", state
    if stack.macro is not None:
        return
    for output in stack.outputs:
        exported = named_by(output.export) if output.export is not None else "…"
        if "…" not in exported and output.present.truth is not Truth.NO:
            yield "export", exported
    yield from (("stored", each.name.literal) for each in stack.stored if each.name.literal is not None)
    yield from (("thing", name) for name in things.made(stack))
    yield from (("address", each.block.address) for each in stack.identities if _is_own(each))
    for named in names.everything(stack):
        name = named.text.literal
        if name is not None and _can_be_named(named):
            yield "name", name


def offer(stack: Stack, hole: Unknown) -> Value | None:
    """What `stack` has to fill a hole that is to be filled by it; `None` where it has nothing after all."""
    match hole.why:
        case Why.IMPORT:
            exported = ((each.export, each.value) for each in stack.outputs if each.export is not None)
            return next((value for name, value in exported if named_by(name) == hole.subject), None)
        case Why.STATE:
            name = hole.identity.rpartition(".outputs.")[2]
            return stack.configuration.output(name) if stack.configuration is not None else None
        case Why.SSM | Why.STORED:
            found = [each.value for each in stack.stored if ("stored", each.name.literal) == asked_for(hole)]
            return _as_asked(found[0], hole) if len(found) == 1 else None
        case _:
            return behind(stack, hole)


def _as_asked(value: Value, hole: Unknown) -> Value | None:
    """What a stored parameter holds; as a list, or the element of one, where that is asked for."""
    _, is_listed, number = hole.identity.partition(LISTED) if hole.why is Why.STORED else ("", "", "")
    if not is_listed:
        return value
    elements = pieces(value, ",") if isinstance(value, Text) else None
    if elements is None or not number:
        return None if elements is None else List(elements, origin=value.origin)
    at = int(number[:_DIGITS])
    return elements[at] if at < len(elements) else None


def behind(stack: Stack, hole: Unknown) -> Text | None:
    """The id of the key, or the path of the role, that the stack has by the name or ARN that a hole tells."""
    return _key_id(stack, hole.subject) if hole.why is Why.ALIAS else _path(stack, hole.subject)


def _is_after_stack(name: Text, export: str) -> bool:
    """Whether a name is made of the stack's, and can be that of an export."""
    after = len(name.holes) == 1 and getattr(name.holes[0], "identity", "") == "AWS::StackName"
    words = fill(name, export) if after else None
    return words is not None and name.holes[0].shape.admits(words)


def _is_own(identity: Identity) -> bool:
    return not (identity.outside or identity.block.assumed)


def deploying(stack: Stack, name: Name) -> Text | None:
    """The ARN of the identity that another stack names, by its address, as what deploys; `None` where it is not so."""
    found = (each.arn for each in stack.identities if _is_own(each) and name == ("address", each.block.address))
    return next(found, None)


def _can_be_named(named: names.Named) -> bool:
    """Whether others can mean it by its name: an alias or a role of the stack's own."""
    if named.thing.block.assumed:
        return False
    match named.thing:
        case Alias():
            return named.way is names.Way.NAME
        case Identity(outside=outside):
            return named.way is names.Way.NAME and not outside
        case _:
            return False


def _key_id(stack: Stack, alias: str) -> Text | None:
    """The id of the key behind an alias: a name is one of the stack's own Region."""
    found = find_key(stack, text(alias))
    if found.key is None or found.alias is None:
        return None
    elsewhere = alias.startswith("alias/") and arn.equal(found.key.region, stack.region).truth is Truth.NO
    return None if elsewhere else found.key.key_id


def _path(stack: Stack, name: str) -> Text | None:
    """The path of a role, without the slash before it: what stands between `role/` and its name in its ARN."""
    role = names.find_identity(stack, text(name), names.Way.NAME)
    fields = arn.split(role.arn) if role is not None else None
    whole = fields.resource.literal if fields is not None else None
    return text(whole.removeprefix("role/").removesuffix(name)) if whole is not None else None


def _agree(one: Stack, other: Stack, _name: str) -> bool:
    """Whether two stacks do not contradict each other in account and Region."""
    return _are_one((one.account, one.region), (other.account, other.region))


def _can_read(one: Stack, other: Stack, name: str) -> bool:
    """Whether a parameter that `other` creates, perhaps in another Region than its own, is where `one` reads it."""
    stored = (each for each in other.stored if each.name.literal == name)
    return any(_are_one((one.account, one.region), (each.account, each.region)) for each in stored)


def _are_one(one: tuple[Text, Text], other: tuple[Text, Text]) -> bool:
    return all(map(can_be_one, one, other))


def _can_have(one: Stack, other: Stack, name: str) -> bool:
    """Whether what `other` makes can be what `one` names: a role is one of its account, an alias of its Region, too."""
    return _agree(one, other, name) if name.startswith("alias/") else can_be_one(one.account, other.account)


# A state can be of any account.
_AGREE: Final = {"state": lambda *_: True, "stored": _can_read, "name": _can_have}
