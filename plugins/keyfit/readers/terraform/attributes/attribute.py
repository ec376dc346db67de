"""What an attribute of a resource or data source is: what is written, what its type is known to export, or unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.aws.arn_services import service_of
from keyfit.readers.terraform.attributes.data_sources import DATA
from keyfit.readers.terraform.evaluation.scope import Elements, settled
from keyfit.readers.terraform.modules.instances import argument, blocks, given, told, unreadable
from keyfit.readers.terraform.modules.places import place_of
from keyfit.readers.terraform.plan.overlay import at, over
from keyfit.readers.terraform.resources.exports import EXPORTS
from keyfit.readers.terraform.values.convert import located
from keyfit.readers.terraform.values.unknowns import invalid
from keyfit.record import record
from keyfit.value import Entry, Null, Number, Object, Text, Unknown, holes_in, text
from keyfit.why import Why

if TYPE_CHECKING:
    from keyfit.readers.terraform.evaluation.scope import Resolved
    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.value import Origin, Value


_UNIQUE_IDS: Final = frozenset({"unique_id", "role_id", "user_id"})  # the model knows them by the block


@record
class InstanceHandle:
    """One resource or data source, as expressions see it."""

    instance: Instance

    def attribute(self, name: str, origin: Origin) -> Resolved:
        """`aws_kms_key.k.arn`."""
        return located(attribute(self.instance, name), origin)

    def at(self, key: Value, origin: Origin) -> Resolved:
        """`aws_kms_key.k["arn"]`."""
        name = key.literal if isinstance(key, Text) else None
        if name is None:
            return invalid(f"`{self.instance.address}` has no such attribute", origin)
        return self.attribute(name, origin)

    def elements(self) -> Elements:
        """The instance itself: a splat makes a list of it."""
        return Elements(((Number(0), self),), single=True)

    def value(self) -> Value:
        """What is known of all attributes."""
        body = self.instance.declared.body()
        names = dict.fromkeys((*body.attributes, *_names(self.instance)))
        further = Unknown(Why.AFTER_APPLY, f"`{self.instance.address}`", origin=self.instance.origin)
        return Object(tuple(Entry(text(name), attribute(self.instance, name)) for name in names), further)


def attribute(instance: Instance, name: str) -> Value:
    """The value of one attribute; unknown where neither the source nor the type's documentation tells."""
    known = instance.module.evaluation.once((instance.address, "#", name), lambda: _attribute(instance, name))
    return settled(known)


def _attribute(instance: Instance, name: str) -> Value:
    broken = unreadable(instance)
    if broken is not None:
        return broken
    if instance.declared.kind == "data":
        found = _read_now(instance, name)
    else:
        export = EXPORTS.get(instance.type, {}).get(name)
        found = told(instance, name) if instance.exists and name not in _UNIQUE_IDS else None
        found = export(instance) if found is None and export is not None else found
    if found is None:
        found = given(instance, name) or blocks(instance, name)
    return _after_apply(instance, name) if found is None else found


def _read_now(instance: Instance, name: str) -> Value | None:
    """What a data source returns: from a plan, where the source does not tell all of it.

    What a data source makes of its arguments is as known as they are, and the source tells where each part is written.
    """
    known = DATA.get(instance.type)
    found = argument(instance, name) if known is None else known.tell(instance, name)
    known_here = found is not None and not any(isinstance(h, Unknown) for h in holes_in(found))
    if known_here and not instance.module.configuration.planned:
        return found
    before = instance.module.evaluation.plan.data.get(instance.address)
    returned = None if before is None else before.find(name)
    if returned is None or isinstance(returned, Null):
        return found
    place = instance.origin if found is None else found.origin
    return over(returned, found, place) if known is not None and known.computed else at(returned, place)


def _names(instance: Instance) -> tuple[str, ...]:
    """The attributes of which something is known beside the arguments."""
    if instance.declared.kind == "resource":
        return tuple(EXPORTS.get(instance.type, ()))
    known = DATA.get(instance.type)
    before = instance.module.evaluation.plan.data.get(instance.address)
    return (*(() if known is None else known.names), *(() if before is None else before.names))


def _after_apply(instance: Instance, name: str) -> Value:
    identity = f"{instance.address}.{name}"
    if instance.declared.kind != "data":
        open_: Value = Unknown(Why.AFTER_APPLY, f"`{identity}`", identity, origin=instance.origin)
    else:
        data = Unknown(Why.DATA, f"`{identity}`", identity, frozenset({identity}), origin=instance.origin)
        open_ = instance.module.evaluation.chosen(data)
    return _as_returned(instance, name, open_)


def _as_returned(instance: Instance, name: str, open_: Value) -> Value:
    """What is known of the form: ids and ARNs are texts, never null, and an ARN names its service."""
    if not isinstance(open_, Unknown) or name not in {"arn", "id"}:
        return open_
    service = service_of(instance.type) if name == "arn" else None
    start = () if service is None else ("arn:", place_of(instance).partition, f":{service}:")
    return text(*start, open_, origin=instance.origin)
