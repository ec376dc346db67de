"""One resource or data source of the deployment: its arguments, and the nested blocks it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import Answer, all_of
from keyfit.model.block import Block
from keyfit.readers.hcl.ast import Attribute, Index, Template, Tuple, Variable
from keyfit.readers.hcl.json_syntax import nested
from keyfit.readers.terraform.evaluation.evaluate import evaluate
from keyfit.readers.terraform.evaluation.scope import Scope, settled
from keyfit.readers.terraform.modules import copies
from keyfit.readers.terraform.plan.overlay import over
from keyfit.readers.terraform.values.convert import placed
from keyfit.readers.terraform.values.unknowns import part_of
from keyfit.record import record
from keyfit.services import index
from keyfit.value import NOWHERE, List, Null, Object, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from keyfit.readers.hcl.ast import Expression
    from keyfit.readers.terraform.modules.configuration import Declared
    from keyfit.readers.terraform.modules.copies import Copy
    from keyfit.readers.terraform.modules.module import Module
    from keyfit.readers.terraform.plan.planned import Planned
    from keyfit.value import Origin, Value


@record(eq=False)
class Instance:
    """A copy of a `resource` or `data` block in one module instance."""

    module: Module
    declared: Declared
    copy: Copy

    @property
    def type(self) -> str:
        """The resource type."""
        return self.declared.labels[0]

    @property
    def address(self) -> str:
        """The full address: `module.m["a"].aws_kms_key.k[0]`."""
        return f"{self.module.address}{local_address(self.declared)}{self.copy.suffix}"

    @property
    def present(self) -> Answer:
        """Whether the deployment has it."""
        return all_of((self.module.present, self.copy.present))

    @property
    def origin(self) -> Origin:
        """Where the block is written."""
        self.declared.body()
        return self.declared.origin

    @property
    def scope(self) -> Scope:
        """What its arguments are evaluated in."""
        return Scope(self.module.evaluation, self.module, self.copy.bound)

    @property
    def planned(self) -> Planned | None:
        """What a plan says of the resource; `None` where it does not speak of it."""
        plan = self.module.evaluation.plan
        if self.declared.kind == "resource":
            return plan.resources.get(self.address)
        return plan.data.get(self.address) if self.module.configuration.planned else None

    @property
    def exists(self) -> bool:
        """Whether a plan shows that the resource is there already, and stays."""
        return self.planned is not None and not self.planned.made

    @property
    def block(self) -> Block:
        """What the model says of the block itself."""
        return Block(self.address, self.type, self.origin, self.present)


def local_address(declared: Declared) -> str:
    """The address of a block inside its module: `aws_kms_key.k`, `data.aws_region.current`."""
    prefix = "data." if declared.kind == "data" else ""
    return prefix + ".".join(declared.labels)


def ignored(instance: Instance) -> frozenset[str]:
    """The arguments and blocks whose changes `lifecycle` ignores: what was made once is not what is written."""
    body = instance.declared.body()
    found = next((each.body.attributes.get("ignore_changes") for each in nested(body, "lifecycle")), None)
    match found:
        case Tuple(items):
            return frozenset(filter(None, map(_first_step, items)))
        case Variable("all") | Template(("all",)):
            every = frozenset(body.attributes).union(block.type for block in body.blocks)
            return every - _KEPT - index.identifying(instance.type)
        case _:
            return frozenset()


# What cannot change without a new resource; and what Terraform itself reads.
_NAMES: Final = frozenset({"bucket", "group", "key_id", "name", "policy_arn", "role", "user"})
_KEPT: Final = _NAMES | {"count", "for_each", "lifecycle", "provider", "region"}


def _first_step(expression: Expression) -> str:
    match expression:
        case Variable(name) | Template((str() as name,)):
            return name
        case Attribute(target) | Index(target):
            return _first_step(target)
        case _:
            return ""


def there(instance: Instance, what: str, why: str) -> Unknown:
    """What a resource has already in AWS, and the source does not tell."""
    identity = f"{instance.address}.{what} that is there"
    return Unknown(Why.UNTOLD, f"the `{what}` of `{instance.address}`, {why}", identity, origin=instance.origin)


def unreadable(instance: Instance) -> Unknown | None:
    """Why nothing is known of the instance's arguments; `None` where its block could be read."""
    instance.declared.body()
    problem = instance.declared.problem
    if problem is None:
        return None
    subject = f"`{instance.address}` cannot be read: {problem.message}"
    return Unknown(Why.UNREADABLE, subject, origin=problem.origin)


def argument(instance: Instance, name: str) -> Value | None:
    """The value of an argument, placed where it is given; `None` where it is not given, or as good as.

    The provider's older resources, which are all that are read here, take an empty text for none.
    """
    value = given(instance, name)
    return None if instance.type.startswith("aws_") and value == text("") else value


def given(instance: Instance, name: str) -> Value | None:
    """The value of an argument, placed where it is given; `None` where it is not given, or null.

    What a plan shows of it comes first: what is written there is not what is there, where changes are ignored.
    """
    if instance.planned is None:
        return _written(instance, name)
    key = (instance.address, "planned.", name)
    value = settled(instance.module.evaluation.once(key, lambda: _planned(instance, name) or Null()))
    return None if isinstance(value, Null) else value


def is_written(instance: Instance, name: str) -> bool:
    """Whether the source gives an argument, or a nested block, whatever it is."""
    body = instance.declared.body()
    return name in body.attributes or any(name in {each.type, *each.labels[:1]} for each in body.blocks)


def _planned(instance: Instance, name: str) -> Value | None:
    told = instance.planned.find(name) if instance.planned is not None and _is_own(instance, name) else None
    if told is None:
        return _written(instance, name)
    with instance.module.evaluation.supposing():
        written = source_of(instance, name)
        if written is None and is_written(instance, name):  # as blocks: a plan has both alike
            written = _source_blocks(instance, name)
    return over(told, written, instance.origin if written is None else written.origin)


# What other resources fill in too: unless the block itself gives it, that is not the block's own.
_SHARED: Final = frozenset({"inline_policy", "managed_policy_arns"})


def _is_own(instance: Instance, name: str) -> bool:
    return name not in _SHARED or is_written(instance, name)


def _written(instance: Instance, name: str) -> Value | None:
    """An argument as the source has it; unknown where that is not what is there."""
    if name in ignored(instance) and not (instance.planned is not None and instance.planned.made):
        return there(instance, name, "because its changes are ignored")
    return source_of(instance, name)


def source_of(instance: Instance, name: str) -> Value | None:
    """An argument as the source has it, be it what is there or not; `None` where it is not given, or null."""
    written = instance.declared.body().attributes.get(name)
    if written is None:
        return unreadable(instance)
    value = instance.module.evaluation.once((instance.address, ".", name), lambda: evaluate(written, instance.scope))
    known = settled(value)
    return None if isinstance(known, Null) else placed(known, getattr(written, "origin", NOWHERE))


def told(instance: Instance, name: str) -> Text | None:
    """What AWS has made up for the resource and a plan shows: an ARN, an id, a name."""
    value = None if instance.planned is None else instance.planned.find(name)
    return value if isinstance(value, Text) and value.literal else None


def blocks(instance: Instance, kind: str) -> List | Unknown | None:
    """The nested blocks of one type as a list of objects; `None` where there is none."""
    told = instance.planned.find(kind) if instance.planned is not None and _is_own(instance, kind) else None
    if not isinstance(told, List):
        return _written_blocks(instance, kind)
    if not told.items:
        return None
    with instance.module.evaluation.supposing():
        written = _source_blocks(instance, kind)
    found = over(told, written, instance.origin if written is None else written.origin)
    return found if isinstance(found, List) else None


def _written_blocks(instance: Instance, kind: str) -> List | Unknown | None:
    made = instance.planned is not None and instance.planned.made
    if instance.declared.problem is None and kind in ignored(instance) and kind != "lifecycle" and not made:
        return there(instance, kind, "because its changes are ignored")
    return _source_blocks(instance, kind)


def _source_blocks(instance: Instance, kind: str) -> List | Unknown | None:
    body = instance.declared.body()
    if instance.declared.problem is not None:
        return unreadable(instance)
    key = (instance.address, "{", kind)
    cycle: List | Unknown | None = Unknown(Why.CYCLE, f"{instance.address}.{kind}")
    return instance.module.evaluation.remember(key, lambda: copies.nested(body, kind, instance.scope), cycle)


def setting(instance: Instance, *path: str) -> Value | None:
    """The argument at `path`, through nested blocks and nested attributes alike; `None` where it is absent or null."""
    first, *further = path
    value: Value | None = argument(instance, first)
    if value is None:
        value = blocks(instance, first)
    return inside(value, *further)


def inside(value: Value | None, *path: str) -> Value | None:
    """What stands at `path` in an object; a list of one object, as a nested block is, stands for the object."""
    for step in path:
        value = _step(value, step)
    return None if isinstance(value, Null) else value


def _step(value: Value | None, step: str) -> Value | None:
    match value:
        case Object():
            return value.find(step)
        case List((only,), None):
            return _step(only, step)
        case List((), rest):
            return None if rest is None else part_of(rest, f".{step}")
        case List(items):
            return Unknown(Why.UNREADABLE, f"which of several blocks gives `{step}`", origin=items[0].origin)
        case Unknown():
            return part_of(value, f".{step}")
        case _:
            return None
