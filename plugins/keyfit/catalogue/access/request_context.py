"""The request context of a call as it is really made: operation, then key, then route, then what the page tells.

What each route carries is documented (K51-K52, K54, K56-K59, K61-K63). A key that no row names is unknown;
"absent or X" has two completions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from keyfit.aws import kms_actions
from keyfit.model.identities import IdentityKind
from keyfit.policy.request import ABSENT, Context, Fact, Principal, PrincipalKind, Request, present, unsure
from keyfit.services.templates import filled
from keyfit.shape import NAME
from keyfit.value import Bool, Object, Reference, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyfit.model.consumers import Bucket, Consumer
    from keyfit.model.identities import Identity
    from keyfit.model.keys import Key
    from keyfit.model.stack import Stack
    from keyfit.services.page import Via
    from keyfit.value import Value

ENCRYPTION_CONTEXT: Final = "kms:encryptioncontext:"
_NO_ADDRESS: Final = text("AWS Internal")  # what CloudTrail shows for a service's own calls: in no range of a customer
_TRUE: Final = text("true")
_FALSE: Final = text("false")


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who makes a call for a consumer, and how.

    `identity` is the principal's, where it has one. `itself`: no service has the principal's credentials, so that
    nobody knows from which network it calls.
    """

    stack: Stack
    consumer: Consumer
    principal: Principal
    via: Via
    itself: bool = False
    identity: Identity | None = None

    @property
    def region(self) -> Text:
        """Where it is made."""
        return self.consumer.region


@dataclass(frozen=True, kw_only=True)
class Call(Caller):
    """One call of a consumer to KMS: on which key, and for objects of which bucket.

    `parts` are further texts that the page's templates name.
    """

    key: Key
    bucket: Text | None = None
    parts: Mapping[str, Text] = field(default_factory=dict)

    @property
    def region(self) -> Text:
        """Where it is made: where the consumer is, or the key."""
        return self.key.region if self.via.beside_key else self.consumer.region

    @cached_property
    def facts(self) -> Mapping[str, Fact]:
        """What requests for all actions have in common."""
        absent = {name.lower(): ABSENT for name in self.via.absent}
        return {
            **_everywhere(self, self.key.account),
            **_key_facts(self),
            **_user_id(self.identity),
            **_route(self),
            **_as_written(self),
            **absent,
        }


def _as_written(call: Call) -> Mapping[str, Fact]:
    """The key of a queue or topic is named to KMS as whoever made that has named it: by an alias, perhaps."""
    by_service = call.principal.kind is PrincipalKind.SERVICE
    return {"kms:requestalias": unsure("kms:RequestAlias")} if by_service and "target" in call.parts else {}


def request(call: Call, action: str) -> Request:
    """The request that KMS sees when `call` is made for `action`."""
    listed = _listed(call.via, action)
    facts = {
        **{name: unsure(kms_actions.spelled(name)) for name in listed},
        **call.facts,
        **_told(call, listed),
    }
    open_ = (ENCRYPTION_CONTEXT,) if any(name.startswith(ENCRYPTION_CONTEXT) for name in listed) else ()
    tags = ("aws:resourcetag/",) if isinstance(call.key.tags, Object) and call.key.tags.rest is None else ()
    context = Context(facts, absent=("kms:", "aws:requesttag/", "aws:tagkeys", *tags), open=open_)
    return Request(call.principal, action, call.key.arn, call.key.account, context)


def on_bucket(call: Caller, action: str, resource: Text, bucket: Bucket) -> Request:
    """The request that S3 sees; nobody documents what Personalize passes on to it."""
    facts = {**_everywhere(call, bucket.account), "s3:resourceaccount": present(bucket.account)}
    context = Context({**facts, **_user_id(call.identity), **_route(call)}, absent=("kms:",))
    return Request(call.principal, action, resource, bucket.account, context)


def _listed(via: Via, action: str) -> frozenset[str]:
    """The condition keys that a request for `action` can have, by what `via` is known to leave out."""
    listed = kms_actions.condition_keys(action)
    if action in via.bare:
        return frozenset(name for name in listed if not name.startswith("kms:encryptioncontext"))
    return listed


def _told(call: Call, listed: frozenset[str]) -> Mapping[str, Fact]:
    """What the page tells of the context, as far as requests for the action have it."""
    found = {}
    for name, template in (*call.via.facts, *call.via.never):
        value = filled(template, lambda known, _: _part(call, known)) if _is_had(name.lower(), listed) else None
        if value is not None:
            there = (name, template) in call.via.facts
            found[name.lower()] = present(value) if there else unsure(name, value)
    return found


def _is_had(name: str, listed: frozenset[str]) -> bool:
    """Whether a request that can have the keys `listed` of KMS's own can have the one with that name."""
    if name.startswith(ENCRYPTION_CONTEXT):
        return "kms:encryptioncontextkeys" in listed
    return not name.startswith("kms:") or name in listed


def _part(call: Call, name: str) -> Text | None:
    """What a template has by that name; `None` for what is not known, such as a bucket."""
    consumer = call.consumer
    known = {
        "partition": call.stack.partition,
        "region": consumer.region,
        "account": consumer.account,
        "bucket": call.bucket,
        "name": _name(consumer),
        "source": consumer.source,
        **call.parts,
    }
    return known.get(name)


def _name(consumer: Consumer) -> Text:
    """The consumer's own name; a hole where it is made up, the one that other resources refer to it by."""
    match consumer.name:
        case Text() as written:
            return written
        case Unknown() as hole:
            return text(hole)
        case _:
            return text(Reference(consumer.block.address, "name", NAME))


def _everywhere(call: Caller, owner: Text) -> Mapping[str, Fact]:
    return {
        "aws:securetransport": unsure("aws:SecureTransport", _TRUE),
        "aws:requestedregion": present(call.region),
        "aws:resourceaccount": present(owner),
    }


def _key_facts(call: Call) -> Mapping[str, Fact]:
    """What the key itself tells (K58), its tags, and the aliases it has at least (K39)."""
    key = call.key
    return {
        "kms:keyspec": present(_scalar(key.spec, "key spec")),
        "kms:customermasterkeyspec": present(_scalar(key.spec, "key spec")),
        "kms:keyusage": present(_scalar(key.usage, "key usage")),
        "kms:customermasterkeyusage": present(_scalar(key.usage, "key usage")),
        "kms:keyorigin": present(_scalar(key.key_origin, "key origin")),
        "kms:multiregion": present(_scalar(key.multi_region, "multi-Region setting")),
        "kms:multiregionkeytype": unsure("kms:MultiRegionKeyType"),
        "kms:resourcealiases": _aliases(call),
        **_tags(key.tags),
    }


def _user_id(identity: Identity | None) -> Mapping[str, Fact]:
    """The ID of a user; of a role its ID, a colon, and the name of the session, which is not in the source (I37)."""
    if identity is None or identity.kind is IdentityKind.GROUP:
        return {}
    owner = identity.block.address
    made: Reference | Unknown = Reference(owner, "unique_id", NAME)
    if identity.outside:
        made = Unknown(Why.OUTSIDE_SOURCE, f"the ID of {identity.kind.value} `{owner}`", f"id of {owner}", shape=NAME)
    if identity.kind is IdentityKind.USER:
        return {"aws:userid": present(text(made))}
    session = Unknown(Why.RUN_TIME, f"the name of the session of role `{owner}`", f"session of {owner}", shape=NAME)
    return {"aws:userid": present(text(made, ":", session))}


def _scalar(value: Value, what: str) -> Text | Unknown:
    match value:
        case Text() | Unknown():
            return value
        case Bool(truth):
            return _TRUE if truth else _FALSE
        case _:
            return Unknown(Why.INVALID, f"the {what} is not a string", origin=value.origin)


def _aliases(call: Call) -> Fact:
    names = [
        alias.name
        for alias in call.stack.aliases
        if isinstance(alias.target, Text) and alias.target in {call.key.arn, call.key.key_id}
    ]
    further = Unknown(Why.UNTOLD, "which further aliases the key has", identity=f"aliases of {call.key.block.address}")
    if not names:
        return unsure("kms:ResourceAliases")
    return present(*names, further)


def _tags(tags: Value | None) -> Mapping[str, Fact]:
    if not isinstance(tags, Object):
        return {}
    found = {}
    for name, value in tags.entries:
        if name.literal is not None:
            found[f"aws:resourcetag/{name.literal.lower()}"] = present(_scalar(value, f"tag `{name.literal}`"))
    return found


def _from_service(call: Caller) -> Mapping[str, Fact]:
    """A service principal calls for itself (K61, K63); what it passes on is not documented (P25, P43)."""
    return {
        "kms:viaservice": ABSENT,
        "kms:requestalias": ABSENT,  # K40: Personalize passes key ARNs
        "aws:principalisawsservice": present(_TRUE),
        "aws:principalservicename": present(call.principal.arn),
        "aws:principalorgid": ABSENT,
        "aws:principalorgpaths": ABSENT,
        "aws:sourceip": unsure("aws:SourceIp", _NO_ADDRESS),
        **_NO_VPC,
    }


# What the network and the credentials of a principal decide that calls for itself.
_OF_THE_CALLER: Final = frozenset(
    {"aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:sourceip", "aws:principaltype", "kms:requestalias"}
)
_NO_VPC: Final = {"aws:sourcevpc": ABSENT, "aws:sourcevpce": ABSENT, "aws:vpcsourceip": ABSENT}


def _from_role(call: Caller) -> Mapping[str, Fact]:
    """A service has assumed the role and calls with its credentials (K61, K62): no forwarded session."""
    account = call.principal.account or call.consumer.account
    return {
        "kms:viaservice": ABSENT,
        "kms:calleraccount": present(account),
        "aws:principalarn": present(call.principal.role or call.principal.arn),
        "aws:principalaccount": present(account),
        "aws:principaltype": present(text("AssumedRole")),
        "aws:principalisawsservice": present(_FALSE),
        "aws:principalservicename": ABSENT,
        "aws:principalservicenameslist": ABSENT,
        "aws:viaawsservice": unsure("aws:ViaAWSService", _FALSE),
        "aws:calledvia": ABSENT,
        "aws:calledviafirst": ABSENT,
        "aws:calledvialast": ABSENT,
        "aws:sourcearn": ABSENT,  # K59: never in direct calls by roles
        "aws:sourceaccount": ABSENT,
        **_NO_VPC,
    }


def _perhaps(name: Text) -> Mapping[str, Fact]:
    """An S3 object's key: the call goes to KMS directly or through S3; nobody says which (K63a)."""
    return {
        "kms:viaservice": unsure("kms:ViaService", name),
        "aws:viaawsservice": unsure("aws:ViaAWSService"),
        "aws:calledvia": unsure("aws:CalledVia"),
        "aws:calledviafirst": unsure("aws:CalledViaFirst"),
        "aws:calledvialast": unsure("aws:CalledViaLast"),
    }


def _forwarded(call: Caller, name: Text) -> Mapping[str, Fact]:
    """A service calls with the principal's own forwarded session (K62, K63)."""
    account = call.principal.account or call.consumer.account
    return {
        "kms:viaservice": unsure("kms:ViaService", name) if call.via.unsaid else present(name),
        "kms:calleraccount": present(account),
        "aws:principalarn": present(call.principal.role or call.principal.arn),
        "aws:principalaccount": present(account),
        "aws:principalisawsservice": present(_FALSE),
        "aws:principalservicename": ABSENT,
        "aws:viaawsservice": present(_TRUE),
        "aws:calledvia": unsure("aws:CalledVia"),
    }


def _route(call: Caller) -> Mapping[str, Fact]:
    """What is known by who calls, and by the service that the call goes through."""
    via = call.via
    name = text(f"{via.through}.", call.region, ".amazonaws.com")  # K51: the same in all partitions
    if via.through and not via.perhaps:
        return _forwarded(call, name)
    own = _from_service(call) if call.principal.kind is PrincipalKind.SERVICE else _from_role(call)
    if call.itself:
        return {name: fact for name, fact in own.items() if name not in _OF_THE_CALLER}
    return {**own, **_perhaps(name)} if via.perhaps else own
