"""Authorization cases as JSON, and their answers: `keyfit decide`.

A case is `{id, policies: {identity, resource, permission_boundaries, session, scps, rcps, grants}, request:
{principal, action, resource, resource_account, context}}`. What is not given is not there, and a context key that is
not listed is absent. `{"unknown": "why"}` stands for any string, list, statement or document,
`{"text": ["known ", {"unknown": "why"}]}` for a string that is known in part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit import arn, json_text
from keyfit.model import Block, Grant, Policy, PolicyKind
from keyfit.policy import plain
from keyfit.policy.authorize import authorize
from keyfit.policy.decision import Outcome
from keyfit.policy.explain import because, explain
from keyfit.policy.governing import Governing
from keyfit.policy.request import Context, Fact, Principal, PrincipalKind, Request, present
from keyfit.value import List, Null, Text, Unknown, Value, Why, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.policy.decision import Decision


class CaseError(ValueError):
    """What is given is not a case; the message says where and why."""


_REQUEST: Final = frozenset({"principal", "action", "resource", "resource_account", "context"})
_POLICIES: Final = frozenset(
    {"identity", "resource", "permission_boundaries", "session", "scps", "rcps", "grants"},
)


class _Case(NamedTuple):
    id: str
    request: Request
    governing: Governing


def answer(document: object) -> list[dict[str, object]]:
    """The answer to each case of `document`, one case or a list of them, in their order. Raises `CaseError`."""
    return [_answer(case.id, authorize(case.request, case.governing)) for case in _cases(document)]


def explanation(document: object) -> list[str]:
    """The same answers with all their evidence, as lines of text. Raises `CaseError`."""
    lines: list[str] = []
    for case in _cases(document):
        decision = authorize(case.request, case.governing)
        lines += [f"{case.id}:", *(f"  {line}" for line in explain(case.request, decision))]
    return lines


def _answer(name: str, decision: Decision) -> dict[str, object]:
    deny = None if decision.outcome is not Outcome.DENIED else "explicit" if decision.explicit else "implicit"
    return {
        "id": name,
        "decision": decision.outcome.value,
        "deny": deny,
        "because": because(decision),
        "statements": [
            {"policy": each.policy.owner, "index": each.statement.index, "sid": each.statement.sid}
            for each in decision.determining
        ],
    }


# --- reading -----------------------------------------------------------------------------------------------------


def _cases(document: object) -> Iterator[_Case]:
    cases = document if isinstance(document, list) else [document]
    for index, case in enumerate(cases):
        name = str(case["id"]) if isinstance(case, dict) and "id" in case else str(index)
        yield _Reader(f"case `{name}`").case(name, case)


class _Reader(NamedTuple):
    """Reads one case; `where` begins each message."""

    where: str

    def case(self, name: str, data: object) -> _Case:
        case = self._map(data, "it")
        request = self._request(self._map(case.get("request"), "`request`", _REQUEST))
        policies = self._map(case.get("policies", {}), "`policies`", _POLICIES)
        return _Case(name, request, self._governing(policies, request))

    def _fail(self, what: str) -> CaseError:
        return CaseError(f"{self.where}: {what}")

    def _map(self, data: object, what: str, known: frozenset[str] | None = None) -> dict[str, object]:
        if not isinstance(data, dict):
            raise self._fail(f"{what} is no object")
        for name in sorted(data.keys() - known) if known else ():  # under a misspelt name, a policy would be absent
            raise self._fail(f"{what} has no `{name}`")
        return data

    # --- the request ---

    def _request(self, data: Mapping[str, object]) -> Request:
        action = data.get("action")
        if not isinstance(action, str) or not action.lower().startswith(("kms:", "sts:assumerole")):
            raise self._fail("`request.action` is no action of kms, and not `sts:AssumeRole`")
        principal = self._principal(self._text(data.get("principal"), "`request.principal`"), data)
        resource = self._text(data.get("resource"), "`request.resource`")
        account = data.get("resource_account")
        owner = self._text(account, "`request.resource_account`") if account else arn.account_of(resource)
        if owner is None:
            raise self._fail("`request.resource` is no ARN, and `request.resource_account` is not given")
        return Request(
            principal, action, resource, owner, self._context({} if data.get("context") is None else data["context"])
        )

    def _principal(self, name: Text, data: Mapping[str, object]) -> Principal:
        fields = arn.split(name)
        if fields is None:
            if name.prefix.startswith("arn:") or "." not in name.prefix:
                raise self._fail("`request.principal` is neither an ARN nor a service")
            return Principal(PrincipalKind.SERVICE, name)
        kind = _KINDS.get(fields.resource.prefix.partition("/")[0])
        if kind is None:
            raise self._fail("`request.principal` is no role, session of a role, user or root")
        role = self._role(name, kind, data)
        return Principal(kind, name, fields.account, role)

    def _role(self, name: Text, kind: PrincipalKind, data: Mapping[str, object]) -> Text | None:
        """The role of a session: that of `aws:PrincipalArn`, else the role of that name without a path (K26, K29)."""
        if kind is PrincipalKind.ROLE:
            return name
        fields = arn.split(name)
        if kind is not PrincipalKind.SESSION or fields is None:
            return None
        context = data.get("context")
        told = context.get("aws:PrincipalArn") if isinstance(context, dict) else None
        if isinstance(told, str):
            return text(told)
        _, _, rest = (fields.resource.literal or fields.resource.prefix).partition("/")
        return arn.role(text(rest.partition("/")[0]), place=arn.Place(fields.partition, account=fields.account))

    def _context(self, data: object) -> Context:
        facts = {key.lower(): self._fact(key, value) for key, value in self._map(data, "`request.context`").items()}
        return Context(facts, closed=True)

    def _fact(self, key: str, data: object) -> Fact:
        match self._value(data):
            case Unknown() as hole:
                return Fact(present().present, hole)
            case List(items, None):
                return present(*(self._scalar(item, key) for item in items))
            case value:
                return present(self._scalar(value, key))

    def _scalar(self, value: Value, key: str) -> Text | Unknown:
        match plain.scalar(value):
            case None:
                raise self._fail(f"`{key}` of the context is neither a string nor a list of strings")
            case known:
                return known

    # --- what governs it ---

    def _governing(self, data: Mapping[str, object], request: Request) -> Governing:
        kind = PolicyKind.KEY if request.action.lower().startswith("kms:") else PolicyKind.TRUST
        return Governing(
            key=self._policies(data, "resource", kind),
            identity=self._policies(data, "identity", PolicyKind.MANAGED),
            boundary=self._policies(data, "permission_boundaries", PolicyKind.BOUNDARY),
            session=self._policies(data, "session", PolicyKind.SESSION),
            service_control=self._policies(data, "scps", PolicyKind.SERVICE_CONTROL),
            resource_control=self._policies(data, "rcps", PolicyKind.RESOURCE_CONTROL),
            grants=tuple(self._grants(data, request)),
        )

    def _policies(self, data: Mapping[str, object], name: str, kind: PolicyKind) -> tuple[Policy, ...]:
        written = data.get(name)
        if written is None:
            return ()
        if not isinstance(written, list):
            return (self._policy(written, name, kind),)
        return tuple(self._policy(each, f"{name}[{index}]", kind) for index, each in enumerate(written))

    def _policy(self, data: object, label: str, kind: PolicyKind) -> Policy:
        """A document; JSON text, as it stands in many templates; or the ARN of a policy of AWS."""
        if isinstance(data, str) and data.startswith("arn:"):
            return Policy(PolicyKind.AWS_MANAGED, None, label, data, text(data))
        value = self._value(data)
        return Policy(kind, json_text.read(value) if isinstance(value, Text) else value, label)

    def _grants(self, data: Mapping[str, object], request: Request) -> Iterator[Grant]:
        written = [] if data.get("grants") is None else data["grants"]
        if not isinstance(written, list):
            raise self._fail("`policies.grants` is no list")
        for index, each in enumerate(written):
            grant = {name: self._value(value) for name, value in self._map(each, f"`grants[{index}]`").items()}
            yield Grant(
                block=Block(f"grants[{index}]", "grant"),
                key=grant.get("key", request.resource),
                grantee=grant.get("grantee", Null()),
                operations=grant.get("operations", List()),
                encryption_context_equals=grant.get("encryption_context_equals"),
                encryption_context_subset=grant.get("encryption_context_subset"),
                source_arn=grant.get("source_arn"),
            )

    # --- values ---

    def _value(self, data: object) -> Value:
        try:
            return plain.value(data, self._special)
        except TypeError as error:
            raise self._fail(f"a value is no JSON: {error}") from error

    def _text(self, data: object, what: str) -> Text:
        match self._value(data):
            case Text() as known:
                return known
            case Unknown() as hole:
                return text(hole)
            case _:
                raise self._fail(f"{what} is no string")

    def _special(self, data: Mapping[str, object]) -> Value | None:
        match data:
            case {"unknown": str(why), **others} if not others:
                return Unknown(Why.UNREADABLE, why)
            case {"text": list(parts), **others} if not others:
                return text(*(self._text(part, "a part of a text") if part else "" for part in parts))
            case _:
                return None


_KINDS: Final = {
    "role": PrincipalKind.ROLE,
    "assumed-role": PrincipalKind.SESSION,
    "user": PrincipalKind.USER,
    "root": PrincipalKind.ROOT,
}
