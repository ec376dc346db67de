"""What identities work on with actions of a service, and the key it has of its own: queues, secrets, objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import NO, YES, Answer, all_of, any_of, maybe
from keyfit.aws import arn
from keyfit.catalogue.access.objects import context
from keyfit.catalogue.doing import Reach
from keyfit.catalogue.key_facts import BY_KMS, text_of
from keyfit.model.names import surely_equal
from keyfit.model.names_of_keys import absent, find_key
from keyfit.truth import Truth
from keyfit.value import Reference, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyfit.model.block import Block
    from keyfit.model.consumers import Bucket, Target
    from keyfit.model.stack import Stack
    from keyfit.value import Hole, Value

BUCKET: Final = "bucket"
_ANY: Final = "*"
_SIX: Final = "-??????"
_NOBODYS: Final = "zz-of-this-name-there-is-none"
_LONGER: Final = "zz-zzzzzz"  # with the six characters that end a secret's ARN
_INDEX: Final = {"table": "/index/"}  # what is inside it, encrypted with its key, and has an ARN of its own


class Thing(NamedTuple):
    """What identities work on that has a customer managed key: its ARN and name, and where it is.

    `encrypted` says whether it is there and KMS encrypts it. `context` is what the encryption context of S3
    names: the object, or the bucket where that has a Bucket Key; `None` where nobody knows.
    """

    words: str
    block: Block
    arn: Text
    name: Text | None
    key: Value
    region: Text
    account: Text
    encrypted: Answer
    context: Text | None = None

    @property
    def parts(self) -> Mapping[str, Text]:
        """What the templates of a page can have of it."""
        known = {"target": self.arn, "name": self.name, "object": self.context}
        return {name: each for name, each in known.items() if each is not None}


def things(stack: Stack, words: tuple[str, ...]) -> tuple[Thing, ...]:
    """The things of these words that have a key of their own, be it unknown which."""
    return stack.once(_things, words)


def _things(stack: Stack, words: tuple[str, ...]) -> tuple[Thing, ...]:
    targets = (_target(each) for each in stack.targets if each.words in words)
    buckets = (_bucket(stack, each) for each in stack.buckets if BUCKET in words)
    return tuple(each for each in (*targets, *buckets) if each is not None and _has_own_key(stack, each))


def _has_own_key(stack: Stack, thing: Thing) -> bool:
    """Whether the key is not AWS's own, which lets every identity of its account in."""
    return not absent(thing.key) and not find_key(stack, thing.key).managed


def _target(target: Target) -> Thing | None:
    own = next((each for each in target.names if each.prefix.startswith("arn:")), None)
    fields = arn.split(own) if own is not None else None
    if target.key is None or own is None or fields is None:
        return None
    name = next((each for each in target.names if not each.prefix.startswith(("arn:", "https:"))), None)
    region, account = fields.region, fields.account
    present = target.block.present
    return Thing(target.words, target.block, own, name, target.key.value, region, account, present)


def _bucket(stack: Stack, bucket: Bucket) -> Thing | None:
    algorithm = text_of(bucket.algorithm) if bucket.algorithm is not None else ""
    if bucket.key is None or (not isinstance(algorithm, tuple) and algorithm not in BY_KMS):
        return None
    encrypted = all_of((bucket.block.present, maybe(*algorithm) if isinstance(algorithm, tuple) else YES))
    own = (bucket.arn, bucket.name, bucket.key, bucket.region)
    return Thing(BUCKET, bucket.block, *own, stack.account, encrypted, context(bucket))


# --- what a Resource says of a thing -------------------------------------------------------------------------------


def _inside(block: Block) -> Unknown:
    return Unknown(Why.UNTOLD, f"which part of `{block.address}` is read or written", f"part of {block.address}")


def reach(thing: Thing, pattern: Text | Unknown) -> Reach:
    """Whether a value of a Resource takes the thing in, and whether it names it: `*` alone says nothing.

    Of a value that is not in the source nothing is said, unless a choice brings it to light.
    """
    if isinstance(pattern, Unknown):
        return Reach(maybe(pattern) if pattern.choices else NO)
    if not pattern.prefix.startswith("arn:"):
        return Reach(NO)
    answer = _takes_in(pattern, thing.arn, thing)
    if answer.truth is Truth.NO:
        return Reach(NO)
    others = (_of_another_name(thing), _of_longer_name(thing))
    return Reach(answer, all(_takes_in(pattern, each, thing).truth is not Truth.YES for each in others))


def _takes_in(pattern: Text, own: Text, thing: Thing) -> Answer:
    if thing.words == BUCKET:
        return _objects(pattern, own)
    pattern = _of_any_suffix(pattern) if thing.words == "secret" else pattern
    inside = _INDEX.get(thing.words)
    names = (own,) if inside is None else (own, text(own, inside, _inside(thing.block)))
    return any_of(arn.matches(pattern, each) for each in names)


def _of_any_suffix(pattern: Text) -> Text:
    """A secret's ARN ends with six random characters (B8): `-??????` at its end matches whatever they are."""
    last = pattern.parts[-1] if pattern.parts else None
    if isinstance(last, str) and last.endswith(_SIX):
        return text(*pattern.parts[:-1], last.removesuffix(_SIX) + "-*")
    return pattern


def _objects(pattern: Text, bucket: Text) -> Answer:
    """Whether a pattern takes in objects of a bucket, be it some: the bucket alone says nothing of them."""
    fields = arn.split(pattern)
    if fields is None:
        return NO
    name, slash = _before_slash(fields.resource)
    if slash:
        return arn.like(fields._replace(resource=name).text, bucket)
    is_open = isinstance(name.parts[-1], str) and name.parts[-1].endswith(_ANY) if name.parts else False
    return arn.like(pattern, bucket) if is_open else NO


def _before_slash(resource: Text) -> tuple[Text, bool]:
    """What stands before the first slash, and whether there is one."""
    parts: list[str | Hole] = []
    for part in resource.parts:
        if isinstance(part, str) and "/" in part:
            return text(*parts, part.partition("/")[0]), True
        parts.append(part)
    return text(*parts), False


def _of_another_name(thing: Thing) -> Text:
    """The ARN of a thing of the same kind and place, of a name that nobody has."""
    fields = arn.split(thing.arn)
    if fields is None:
        return text(_NOBODYS)
    kind = next((mark for mark in (":", "/") if mark in fields.resource.prefix), "")
    before = fields.resource.prefix.partition(kind)[0] + kind if kind else ""
    return fields._replace(resource=text(before, _NOBODYS)).text


def _of_longer_name(thing: Thing) -> Text:
    """The ARN of another thing whose name begins with the same: a pattern that takes it in, too, names neither."""
    match thing.arn.parts:
        case (*before, str(last), Reference() | Unknown()) if thing.words == "secret" and last.endswith("-"):  # B8
            return text(*before, last[:-1], _LONGER)
        case _:
            return text(thing.arn, _LONGER)


def is_named(value: Value, thing: Thing) -> Answer:
    """Whether a consumer's parameter names the thing, by its ARN, its name, or its URL."""
    if not isinstance(value, Text):
        return NO
    return YES if any(surely_equal(each, value) for each in (thing.arn, thing.name) if each) else NO
