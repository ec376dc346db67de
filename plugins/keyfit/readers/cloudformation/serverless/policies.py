"""`Policies` of a function or state machine of SAM: what they become in the role that SAM makes.

A statement or policy template becomes an inline policy; a name, an ARN or a call of a function a managed policy. A
branch of `Fn::If` becomes what it is by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.aws import managed_policies, sam_policy_templates
from keyfit.readers.cloudformation.serverless.writing import branches_of, call, filled, is_no_value, made, substituted
from keyfit.readers.cloudformation.template import transforms
from keyfit.readers.cloudformation.template.calls import function_of
from keyfit.value import List, Null, Object, Own, Text, Unknown, Value, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.value import Origin

_KEY: Final = "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/"
_KEY_OF_EVENT: Final = "SecretsManagerKmsKeyId"  # of events from MQ, Kafka and DocumentDB


class Attached(NamedTuple):
    """What is attached to the role, as `Policies` and `ManagedPolicyArns` of `AWS::IAM::Role` have it."""

    inline: tuple[Value, ...]
    managed: tuple[Value, ...]


def attached(role: str, properties: Object) -> Attached:
    """The policies of the role `role` that SAM makes for a resource with these properties.

    SAM adds AWS managed policies of its own, for logs, tracing, networks and event sources; none of them speaks of an
    action that keyfit knows about, and neither do the inline policies for destinations of events.
    """
    inline: list[Value] = []
    managed: list[Value] = []
    for index, each in enumerate(_listed(properties.find("Policies"))):
        if _is_inline(each):
            made_of = _inline(each, f"{role}Policy{index}")
            inline.extend([made_of] if made_of is not None else [])
        else:
            managed.append(_managed(each))
    return Attached((*inline, *_of_events(properties.find("Events")), *_added(properties)), tuple(managed))


def _listed(written: Value | None) -> tuple[Value, ...]:
    if written is None or isinstance(written, Null):
        return ()
    return written.items if isinstance(written, List) else (written,)


def _is_inline(written: Value) -> bool:
    """Whether SAM takes it for a policy document, whether or not it can make one of it."""
    branches = branches_of(written)
    if branches is not None:
        return any(_is_inline(each) for each in branches[1:] if not is_no_value(each))
    found = function_of(written)
    return not isinstance(written, Text) and (found is None or found[0] == transforms.CALL)


# --- managed policies --------------------------------------------------------------------------------------------


def _managed(written: Value) -> Value:
    """An ARN as it is; the name of an AWS managed policy as its ARN."""
    branches = branches_of(written)
    if branches is not None:
        return call("Fn::If", List((branches[0], *map(_managed, branches[1:])), origin=written.origin))
    literal = written.literal if isinstance(written, Text) else None
    known = managed_policies.named(literal, text(Own.PARTITION)) if literal else None
    if known is None:
        return written
    path = known.parts[-1]
    return substituted(f"arn:${{AWS::Partition}}{path}", written.origin)


# --- inline policies ---------------------------------------------------------------------------------------------


def _inline(written: Value, name: str) -> Value | None:
    """An inline policy with that name; `None` for a policy template of which nothing is of concern."""
    branches = branches_of(written)
    if branches is not None:
        then, otherwise = (each if is_no_value(each) else _inline(each, name) for each in branches[1:])
        nothing = call("Ref", text("AWS::NoValue", origin=written.origin))
        if then is None and otherwise is None:
            return None
        return call("Fn::If", List((branches[0], then or nothing, otherwise or nothing), origin=written.origin))
    document = _document(written)
    return None if document is None else _named(name, document)


def _named(name: str, document: Value) -> Object:
    origin = document.origin
    return made(origin, PolicyName=text(name, origin=origin), PolicyDocument=document)


def _document(written: Value) -> Value | None:
    if not isinstance(written, Object) or function_of(written) or written.find("Statement") is not None:
        return written
    template = written.entries[0].key.literal if len(written.entries) == 1 else None
    if template is None:
        return _refused("it has no `Statement`, and is not one policy template", written.origin)
    return _from_template(template, written.entries[0].value, written.origin)


def _from_template(name: str, given: Value, origin: Origin) -> Value | None:
    template = sam_policy_templates.named(name)
    if template is None:
        return _refused(f"`{name}` is not a policy template that keyfit knows", origin)
    values = {key.literal: value for key, value in given.entries if key.literal} if isinstance(given, Object) else {}
    absent = next((each for each in template.parameters if each not in values), None)
    if absent is not None:
        return Unknown(Why.MISSING, f"`{absent}` of the policy template `{name}`", origin=origin)
    statements = tuple(filled(each, values, origin) for each in template.statements)
    return made(origin, Statement=List(statements, origin=origin)) if statements else None


def _refused(reason: str, origin: Origin) -> Unknown:
    return Unknown(Why.INVALID, f"an entry of `Policies` cannot be read: {reason}", origin=origin)


# --- what is not in `Policies` -----------------------------------------------------------------------------------


def _of_events(events: Value | None) -> Iterator[Object]:
    """What an event source needs to decrypt its secret with a key that it names."""
    for name, event in events.entries if isinstance(events, Object) else ():
        properties = event.find("Properties") if isinstance(event, Object) else None
        key = properties.find(_KEY_OF_EVENT) if isinstance(properties, Object) else None
        if isinstance(key, Text) and key.literal:
            resource = substituted(f"{_KEY}{key.literal}", key.origin)
            words = {"Effect": text("Allow", origin=key.origin), "Action": text("kms:Decrypt", origin=key.origin)}
            statement = made(key.origin, **words, Resource=resource)
            document = made(key.origin, Statement=List((statement,), origin=key.origin))
            yield _named(f"the event source {name.prefix}", document)


def _added(properties: Object) -> Iterator[Unknown]:
    """What `Fn::Transform` may add to the properties."""
    for key, value in properties.entries:
        if key.literal == transforms.CALL:
            yield transforms.unknown(value)
