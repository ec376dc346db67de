"""Cases as JSON data, read: who asks for what, and the policies and grants around it."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit import json_text
from keyfit.answer import maybe
from keyfit.aws import managed_policies
from keyfit.decide.fields import Fields, quoted, unknown, unknown_in
from keyfit.decide.grants import read_grants
from keyfit.decide.principal import grantees_named, roles_named
from keyfit.decide.request import ASSUME_ROLE, read_request
from keyfit.model.policies import Policy, PolicyKind
from keyfit.policy.policy_set import Governing
from keyfit.value import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.policy.request import Request

# `title`, `expected` and `basis` are notes for people.
_CASE: Final = ("id", "title", "policies", "request", "expected", "basis")
_POLICIES: Final = ("identity", "resource", "permission_boundaries", "session", "scps", "rcps", "grants")


# What can be given by its ARN; policies of resources have none.
_BY_ARN: Final = frozenset(
    {
        *(PolicyKind.MANAGED, PolicyKind.BOUNDARY, PolicyKind.SESSION),
        *(PolicyKind.SERVICE_CONTROL, PolicyKind.RESOURCE_CONTROL),
    }
)


class Case(NamedTuple):
    """A case: `who` asks, by one request for each kind of principal that it can be, and what governs it.

    Of service control policies, each level of the organization has to allow: `levels` differ by these alone.
    """

    id: str
    who: Text
    requests: tuple[Request, ...]
    levels: tuple[Governing, ...]


def read_cases(document: object) -> Iterator[Case]:
    """The cases of `document`, which is one or a list of them. Raises `CaseError`."""
    cases = document if isinstance(document, list) else [document]
    for index, case in enumerate(cases):
        name = str(case["id"]) if isinstance(case, dict) and "id" in case else str(index)
        yield _case(name, case, Fields(f"case {quoted(name)}"))


def _case(name: str, data: object, fields: Fields) -> Case:
    case = fields.of(data, "", _CASE, required=("request",))
    asked = read_request(case["request"], fields)
    written = case.get("policies", {})
    whole = dict.fromkeys(_POLICIES, written) if unknown(written) else written
    policies = _Policies(fields.of(whole, "policies", _POLICIES), fields)
    governing = Governing(
        resource=policies.of("resource", PolicyKind.TRUST if asked.action == ASSUME_ROLE else PolicyKind.KEY),
        identity=policies.of("identity", PolicyKind.MANAGED),
        boundary=policies.of("permission_boundaries", PolicyKind.BOUNDARY),
        session=policies.of("session", PolicyKind.SESSION),
        resource_control=policies.of("rcps", PolicyKind.RESOURCE_CONTROL),
        grants=read_grants(policies.data.get("grants"), asked.resource, fields),
    )
    named = chain(roles_named(governing), grantees_named(governing.grants))
    requests = asked.requests(named, fields)
    levels = tuple(replace(governing, service_control=level) for level in policies.levels("scps"))
    return Case(name, asked.principal, requests, levels)


class _Policies(NamedTuple):
    """Reads the policies of one case."""

    data: Mapping[str, object]
    fields: Fields

    def of(self, name: str, kind: PolicyKind) -> tuple[Policy, ...]:
        """Those of that name."""
        return self._listed(self.data.get(name), name, kind)

    def levels(self, name: str) -> Iterator[tuple[Policy, ...]]:
        """The service control policies of each level: a list of lists, or a flat one for a single level."""
        written, kind = self.data.get(name), PolicyKind.SERVICE_CONTROL
        if not isinstance(written, list) or not any(isinstance(each, list) for each in written):
            yield self._listed(written, name, kind)
            return
        for index, level in enumerate(written):
            place = f"{name}[{index}]"
            if not unknown(level) and not (isinstance(level, list) and level):
                raise self.fields.wrong(f"policies.{place}", level, "a list of the policies of one level")
            yield self._listed(level, place, kind)

    def _listed(self, written: object, name: str, kind: PolicyKind) -> tuple[Policy, ...]:
        match written:
            case None:
                return ()
            case list():
                return tuple(self._policy(each, f"{name}[{index}]", kind) for index, each in enumerate(written))
            case _:
                policy, hole = self._policy(written, name, kind), unknown(written)
                return (replace(policy, present=maybe(hole)) if hole else policy,)  # it may be an empty list

    def _policy(self, data: object, label: str, kind: PolicyKind) -> Policy:
        """A document; JSON text, as it stands in many templates; or the ARN of a policy: those of AWS are known."""
        value = self.fields.value(data)
        if not isinstance(value, Text):
            return Policy(kind, value, label, label)
        if not value.prefix:  # JSON begins with a brace, an ARN with itself: what else is here is not known
            return Policy(kind, unknown_in(value) or value, label, label)
        if not value.prefix.startswith("arn:"):
            return Policy(kind, json_text.read(value), label, label)
        if kind not in _BY_ARN:
            raise self.fields.wrong(f"policies.{label}", data, f"a {kind.value} document")
        of_aws = kind is not PolicyKind.RESOURCE_CONTROL and (
            value.holes or managed_policies.document(value) is not None
        )
        place = PolicyKind.AWS_MANAGED if of_aws else PolicyKind.OUTSIDE
        return Policy(place, None, label, value.literal or "", value)
