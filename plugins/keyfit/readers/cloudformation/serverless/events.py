"""What SAM makes of `Events` and `EventInvokeConfig`: event source mappings, rules, schedules, subscriptions.

Sources: the SAM developer guide (generated CloudFormation resources), and the translator that AWS publishes
(aws/serverless-application-model: eventsources/pull.py, push.py and scheduler.py, stepfunctions/events.py).
What only invokes a function or starts a state machine has to do with no key, and is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.model.block import Block
from keyfit.readers.cloudformation.serverless.writing import arn_of, assumed_by, call, entry
from keyfit.readers.cloudformation.template.sections import Resource
from keyfit.value import List, Object, Origin, Text, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from keyfit.value import Entry

# What an event polls stands at a property of that name.
_POLLED: Final = {
    "DocumentDB": "Cluster",
    "DynamoDB": "Stream",
    "Kinesis": "Stream",
    "MQ": "Broker",
    "MSK": "Stream",
    "SelfManagedKafka": "",
    "SQS": "Queue",
}


def resources_of(resource: Resource, properties: Object) -> Iterator[Resource]:
    """The resources that a function or state machine with these properties becomes, besides itself and its role."""
    events = properties.find("Events")
    for name, event in events.entries if isinstance(events, Object) else ():
        type_ = event.find("Type") if isinstance(event, Object) else None
        making = _BY_TYPE.get((type_.literal or "") if isinstance(type_, Text) else "")
        given = event.find("Properties") if isinstance(event, Object) else None
        if making is not None and isinstance(given, Object):
            origin = Origin(name.origin.file, name.origin.start, event.origin.end, name.origin.path)
            yield from making(_Event(resource, f"{resource.address}{name.prefix}", origin), given)
    invoked = properties.find("EventInvokeConfig")
    if isinstance(invoked, Object):
        made_here = _Event(resource, f"{resource.address}EventInvokeConfig", invoked.origin)
        yield made_here.resource("AWS::Lambda::EventInvokeConfig", made_here.function, *invoked.entries)


class _Event:
    """The event of a function or state machine, and how what SAM makes of it is written."""

    def __init__(self, owner: Resource, address: str, origin: Origin) -> None:
        self.owner = owner
        self.address = address
        self.origin = origin

    @property
    def function(self) -> Entry:
        """The function, as what is made names it."""
        return entry("FunctionName", call("Ref", text(self.owner.address, origin=self.origin)))

    @property
    def arn(self) -> Object:
        """The ARN of the function or state machine."""
        return arn_of(self.owner.address, self.origin)

    def resource(self, type_: str, *entries: Entry, suffix: str = "") -> Resource:
        """A resource that SAM makes of the event: there where the function or state machine is."""
        return Resource(
            f"{self.address}{suffix}",
            type_,
            Object(entries, origin=self.origin),
            self.owner.condition,
            origin=self.origin,
            within=Block(self.owner.address, self.owner.type, self.owner.origin),
        )


def _mapping(polled: str) -> Callable[[_Event, Object], Iterator[Resource]]:
    def made_of(event: _Event, given: Object) -> Iterator[Resource]:
        source = given.find(polled) if polled else None
        named = () if source is None else (entry("EventSourceArn", source),)
        left = (each for each in given.entries if each.key.literal != polled)
        yield event.resource("AWS::Lambda::EventSourceMapping", event.function, *named, *left)

    return made_of


def _rule(name: str) -> Callable[[_Event, Object], Iterator[Resource]]:
    def made_of(event: _Event, given: Object) -> Iterator[Resource]:
        target = Object((entry("Arn", event.arn), *_given(given, "DeadLetterConfig", "RoleArn")), origin=event.origin)
        targets = entry("Targets", List((target,), origin=event.origin))
        called = given.find(name)
        names = () if called is None else (entry("Name", called),)
        yield event.resource("AWS::Events::Rule", *names, *_given(given, "EventBusName", "State"), targets)

    return made_of


def _schedule(event: _Event, given: Object) -> Iterator[Resource]:
    """With a role of its own, where the event names none."""
    role = given.find("RoleArn") or arn_of(f"{event.address}Role", event.origin)
    named = (entry("Arn", event.arn), entry("RoleArn", role), *_given(given, "DeadLetterConfig"))
    target = entry("Target", Object(named, origin=event.origin))
    yield event.resource("AWS::Scheduler::Schedule", *_given(given, "Name", "GroupName", "KmsKeyArn"), target)
    if given.find("RoleArn") is None:
        trust = entry("AssumeRolePolicyDocument", assumed_by("scheduler.amazonaws.com", event.origin))
        yield event.resource("AWS::IAM::Role", trust, *_given(given, "PermissionsBoundary"), suffix="Role")


def _subscription(event: _Event, given: Object) -> Iterator[Resource]:
    """To the function, or to a queue that the function then polls; SAM's own queue has no key of its own."""
    queue = given.find("SqsSubscription")
    polled = queue.find("QueueArn") if isinstance(queue, Object) else None
    topic = given.find("Topic")
    if isinstance(queue, Object) and polled is not None:
        source = entry("EventSourceArn", polled)
        enabled = _given(queue, "Enabled")
        mapping = "AWS::Lambda::EventSourceMapping"
        yield event.resource(mapping, event.function, source, *enabled, suffix="EventSourceMapping")
    topics = () if topic is None else (entry("TopicArn", topic),)
    endpoint = entry("Endpoint", event.arn if polled is None else polled)
    yield event.resource("AWS::SNS::Subscription", *topics, endpoint, *_given(given, "RedrivePolicy"))


def _given(properties: Object, *names: str) -> tuple[Entry, ...]:
    return tuple(each for each in properties.entries if each.key.literal in names)


_BY_TYPE: Final[Mapping[str, Callable[[_Event, Object], Iterator[Resource]]]] = {
    **{type_: _mapping(polled) for type_, polled in _POLLED.items()},
    "Schedule": _rule("Name"),
    "CloudWatchEvent": _rule("RuleName"),
    "EventBridgeRule": _rule("RuleName"),
    "ScheduleV2": _schedule,
    "SNS": _subscription,
}
