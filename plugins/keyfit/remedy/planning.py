"""A change as splices of the author's own text: the ways to make it, the smallest first."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from functools import partial
from itertools import islice, product
from typing import TYPE_CHECKING, Final, TypeAlias

from typing_extensions import assert_never

from keyfit.aws import arn
from keyfit.model.changes import (
    AddActions,
    AddService,
    AddStatement,
    Allow,
    EnableBucketKey,
    MoveApart,
    Refer,
    SetElement,
    Write,
)
from keyfit.model.identities import Identity
from keyfit.model.policies import PolicyKind
from keyfit.remedy import growing, outline
from keyfit.remedy.brackets import Language
from keyfit.remedy.key_policies import USUAL, account_in, policy_of_key
from keyfit.remedy.moving import moved_apart
from keyfit.remedy.places import Spot, element_value, statement_value
from keyfit.remedy.sources import Splice, UnpatchableError
from keyfit.remedy.standing import Place, policy_beside, reference
from keyfit.remedy.writing import Form, OfAccount, Writer
from keyfit.value import List, Object, Own, Text, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from keyfit.model.changes import Change
    from keyfit.model.policies import Policy
    from keyfit.remedy.sources import Source
    from keyfit.remedy.writing import Piece, Reference
    from keyfit.value import Origin, Value

    Read: TypeAlias = Callable[[str], Source]

Plan: TypeAlias = "Mapping[str, tuple[Splice, ...]]"  # by file
_MOST: Final = 8  # plans of one finding
# How a list or string begins; in YAML, a plain one, too.
_WRITTEN_OUT: Final = re.compile(r"""\[(?!\s*for\b)|["'-]|[A-Za-z][A-Za-z0-9-]*:[A-Za-z*]""")


def plans(changes: Sequence[Change], read: Read) -> Iterator[Plan]:
    """The ways to make all of `changes` together; none where one of them cannot be made in the text."""
    ways = [list(_ways(change, read)) for change in changes]
    for chosen in islice(product(*ways), _MOST) if ways else ():
        splices: dict[str, dict[Splice, None]] = defaultdict(dict)
        for file, splice in (pair for way in chosen for pair in way):
            splices[file][splice] = None
        yield {file: tuple(each) for file, each in splices.items()}


def _ways(change: Change, read: Read) -> Iterator[list[tuple[str, Splice]]]:
    for way in _attempts(change, read):
        try:
            splices = way()
        except UnpatchableError:
            continue
        yield splices


Made: TypeAlias = "list[tuple[str, Splice]]"
_Attempt: TypeAlias = "Callable[[], Made]"


def _attempts(change: Change, read: Read) -> Iterator[_Attempt]:
    match change:
        case AddStatement(policy) if policy.kind is PolicyKind.DEFAULT_KEY:
            yield lambda: policy_of_key(policy, _statement_of(change, read), read)
        case AddStatement(policy):
            yield partial(_with_statement, policy, lambda: _statement_of(change, read), read)
        case Allow():
            yield from _allowing(change, read)
        case MoveApart(identity):
            yield lambda: moved_apart(identity, read)
        case _:
            yield lambda: _in_place(change, read)


def _in_place(change: AddActions | AddService | EnableBucketKey | Refer | SetElement | Write, read: Read) -> Made:
    """A change that has one way: of what is written there already."""
    match change:
        case AddActions():
            return _with_actions(change, read)
        case AddService():
            return _with_service(change, read)
        case EnableBucketKey(rule):
            return _with_bucket_key(rule, read)
        case Refer():
            return _referring(change, read)
        case SetElement():
            return _with_element(change, read)
        case Write():
            return _written(change, read)
        case _:
            assert_never(change)


def _in_file(origin_file: str, splices: Iterable[Splice]) -> list[tuple[str, Splice]]:
    return [(origin_file, each) for each in splices]


def _with_actions(change: AddActions, read: Read) -> list[tuple[str, Splice]]:
    statement = statement_value(change.policy, change.index)
    return _grown(statement, "Action", change.actions, read)


def _with_service(change: AddService, read: Read) -> Made:
    """A value more in a line of a condition."""
    value: Value | None = statement_value(change.policy, change.index)
    for name in ("Condition", change.operator, change.key):
        value = value.find(name) if isinstance(value, Object) else None
    if not isinstance(value, Text | List):
        raise UnpatchableError("the condition is not written out")
    first = value.items[0] if isinstance(value, List) and value.items else value
    return _in_file(first.origin.file, growing.with_like(value, change.old, change.new, read))


def _grown(statement: Object, element: str, texts: Sequence[str], read: Read) -> Made:
    value = element_value(statement, element)
    around = Spot.of(statement.origin, read)
    if _stands_in(value.origin, around):
        return _in_file(around.source.file, growing.with_texts(value, texts, read))
    if not around.terraform:
        raise UnpatchableError("the actions are written elsewhere")
    span = around.source.span(outline.expression_in(around.source, statement.origin, element).origin)
    return _in_file(around.source.file, growing.with_call(around, span, texts))


def _stands_in(origin: Origin, around: Spot) -> bool:
    """Whether a value is written out there, rather than named, or made by a function."""
    source = around.source
    if origin.file != source.file:
        return False
    start, end = source.span(origin)
    return around.start < start and end <= around.end and _WRITTEN_OUT.match(source.text, start) is not None


def _with_statement(
    policy: Policy, statement: Callable[[], Mapping[str, Piece]], read: Read
) -> list[tuple[str, Splice]]:
    document = policy.document
    if not isinstance(document, Object) or policy.kind is PolicyKind.DEFAULT_KEY:
        raise UnpatchableError("the policy is not written out")
    written = document.find("Statement")
    if isinstance(written, List) and written.items and not written.origin.file:
        written = written.items[-1]
    if not isinstance(written, List | Object):
        raise UnpatchableError("the statements are not written out")
    return _in_file(written.origin.file, growing.with_statement(document, statement(), read))


def _statement_of(change: AddStatement, read: Read) -> dict[str, Piece]:
    whom: dict[str, Piece]
    if isinstance(change.to, Own):
        written = change.policy.document
        whom = {"AWS": OfAccount(account_in(read(written.origin.file)))} if isinstance(written, Object) else {}
    elif isinstance(change.to, Identity):
        caller = USUAL if change.policy.kind is PolicyKind.DEFAULT_KEY else ""  # which is written with the key policy
        whom = {"AWS": _arn_of(change.to, Place(change.policy.owner, _place_of(change.policy), read), caller)}
    else:
        whom = {"Service": change.to}
    head: dict[str, Piece] = {"Effect": "Allow", "Principal": whom, "Action": _one_or_many(change.actions)}
    if change.bucket is not None:
        place = Place(change.policy.owner, _place_of(change.policy), read)
        return {**head, "Resource": _with_objects(reference(change.bucket, place))}
    return head if change.policy.kind is PolicyKind.TRUST else {**head, "Resource": "*"}


def _with_objects(bucket: Reference) -> Piece:
    """The ARN of a bucket, and that of its objects."""
    return [bucket, replace(bucket, behind="/*")]


def _one_or_many(texts: tuple[str, ...]) -> Piece:
    return texts[0] if len(texts) == 1 else list(texts)


def _place_of(policy: Policy) -> Origin:
    """Where a further statement of a policy is written: behind its last one, which can stand in a block of its own."""
    written = policy.document.find("Statement") if isinstance(policy.document, Object) else None
    last = written.items[-1] if isinstance(written, List) and written.items else written
    return replace(policy.origin, note="") if last is None else last.origin


def _arn_of(identity: Identity, place: Place, caller: str) -> Piece:
    """A reference to an identity of the source; the ARN of one that is not in it, as it is known."""
    if not identity.outside:
        return reference(identity.block, place)
    if identity.arn.literal is not None:
        return identity.arn.literal
    resource = arn.resource_here(identity.arn)
    if resource is None:
        raise UnpatchableError("its ARN is not known")
    return OfAccount(account_in(place.read(place.origin.file)) or caller, resource)


def _allowing(change: Allow, read: Read) -> Iterator[_Attempt]:
    """In a statement on that resource; in another policy of the identity; in one of its own."""
    own = change.identity.block.address
    written = [
        each
        for each in change.identity.policies
        if each.kind in {PolicyKind.INLINE, PolicyKind.MANAGED} and isinstance(each.document, Object)
    ]
    fitting = [each for each in written if not (change.apart and each.owner == own)]
    for policy in fitting:
        for statement in _statements_on(policy, change.arn):
            yield partial(_grown, statement, "Action", change.actions, read)
    for policy in fitting:
        yield partial(
            _with_statement, policy, partial(_allow, change, Place(policy.owner, _place_of(policy), read)), read
        )
    there = Place(own, change.identity.block.origin, read)
    yield lambda: _in_file(there.origin.file, policy_beside(change.identity, _allow(change, there), read))


def _statements_on(policy: Policy, arn: Text) -> Iterator[Object]:
    """The statements of a policy that allow something on that resource and no other, whatever the request has."""
    found = policy.document.find("Statement") if isinstance(policy.document, Object) else None
    for each in found.items if isinstance(found, List) else (found,):
        if isinstance(each, Object) and _is_on(each, arn):
            yield each


def _is_on(statement: Object, arn: Text) -> bool:
    effect = statement.find("Effect")
    return (
        isinstance(effect, Text)
        and effect.literal == "Allow"
        and statement.find("Condition") is None
        and _only(statement.find("Resource")) == arn
    )


def _only(value: Value | None) -> Value | None:
    return value.items[0] if isinstance(value, List) and len(value.items) == 1 and value.rest is None else value


def _allow(change: Allow, place: Place) -> dict[str, Piece]:
    resource = reference(change.on, place)
    on = _with_objects(resource) if change.objects else resource
    return {"Effect": "Allow", "Action": _one_or_many(change.actions), "Resource": on}


def _referring(change: Refer, read: Read) -> list[tuple[str, Splice]]:
    spot = Spot.of(change.origin, read).whole()
    form = _FORMS[spot.language]
    to = reference(change.to, Place(change.to.address, change.origin, read))
    return _in_file(
        spot.source.file,
        [Splice(spot.start, spot.end, Writer(form, spot.terraform).reference(to))],
    )


_FORMS: Final = {Language.HCL: Form.HCL, Language.YAML: Form.YAML, Language.JSON: Form.JSON}


def _with_element(change: SetElement, read: Read) -> Made:
    """The element's value in place of what is there, or behind the last element."""
    statement = statement_value(change.policy, change.index)
    spot = Spot.of(statement.origin, read)
    value = statement.find(change.element)
    if spot.form is Form.BLOCK:
        return _in_file(spot.source.file, growing.with_list(spot, change.element, change.value))
    if value is None:
        return _in_file(spot.source.file, growing.with_entry(spot, change.element, change.value))
    if not isinstance(value, Text | List | Unknown):
        raise UnpatchableError("the element is not written out")
    there = Spot.of(value.origin, read).whole()
    if spot.source.file != there.source.file or not spot.start <= there.start < spot.end:
        raise UnpatchableError("the element is written elsewhere")
    written = Writer(Form.JSON, there.terraform).text(change.value)
    return _in_file(there.source.file, [Splice(there.start, there.end, written)])


def _written(change: Write, read: Read) -> Made:
    """A text, in quotes where there were some; true or false."""
    spot = Spot.of(change.origin, read).whole()
    old = spot.text
    if isinstance(change.value, bool):
        if old not in {"true", "false"}:
            raise UnpatchableError("it is not written as true or false")
        new = str(change.value).lower()
    elif old.startswith('"') or "\n" in old or spot.text.startswith(("!", "{")):
        new = Writer(Form.JSON, spot.terraform).text(change.value)
    elif spot.terraform:
        new = change.value if old.isidentifier() and change.value.isidentifier() else _quoted(spot, change.value)
    else:
        new = Writer(Form.YAML, terraform=False).text(change.value)
    return _in_file(spot.source.file, [Splice(spot.start, spot.end, new)])


def _quoted(spot: Spot, text: str) -> str:
    return Writer(Form.JSON, spot.terraform).text(text)


def _with_bucket_key(rule: Origin, read: Read) -> Made:
    """An entry more in the rule that holds the place."""
    source = read(rule.file)
    if rule.path:
        found = outline.value_at(source, rule.path[:-2])
        if not isinstance(found, Object):
            raise UnpatchableError("the rule is not written out")
        return _in_file(rule.file, growing.with_entry(Spot.of(found.origin, read), "BucketKeyEnabled", value=True))
    block = outline.block_around(source, rule, "rule")
    spot = Spot.of(block.origin, read)
    return _in_file(rule.file, growing.with_argument(spot, "bucket_key_enabled = true"))
