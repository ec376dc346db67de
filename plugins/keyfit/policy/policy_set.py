"""What governs a request: the policies around it, which of them reach it at all, and what they leave of it."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, Answer, all_of, any_of, maybe
from keyfit.aws import arn, kms_actions
from keyfit.model.policies import PolicyKind
from keyfit.policy.decide import applies
from keyfit.policy.memo import Memory
from keyfit.policy.principal import Naming
from keyfit.policy.request import PrincipalKind
from keyfit.policy.statement import Effect
from keyfit.record import record
from keyfit.truth import Truth
from keyfit.value import Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from keyfit.model.keys import Grant
    from keyfit.model.policies import Policy
    from keyfit.policy.decision import Judgement
    from keyfit.policy.request import Request
    from keyfit.value import Text


@record
class Governing:
    """Everything that governs one principal's requests about one resource.

    `resource` is its own policy: a key policy (two where the source gives two), a bucket policy, a trust policy; none
    where it has none. `identity` is every policy of the principal, `boundary` and
    `session` what restricts it. Policies of several boundaries have to allow each, service control policies together;
    resource control policies only deny. The last two are given by the user or empty. `grants` are those of the source,
    on any key. `assumed` says that the principal's own policies lie outside the source and are taken to allow whatever
    the key policy delegates. `memory` is that of the run, where there is one.
    """

    resource: tuple[Policy, ...]
    identity: tuple[Policy, ...] = ()
    boundary: tuple[Policy, ...] = ()
    session: tuple[Policy, ...] = ()
    service_control: tuple[Policy, ...] = ()
    resource_control: tuple[Policy, ...] = ()
    grants: tuple[Grant, ...] = ()
    assumed: bool = False
    memory: Memory = field(default_factory=Memory, compare=False, repr=False)

    @property
    def policies(self) -> tuple[Policy, ...]:
        """All of them: each can deny."""
        return (
            *self.resource,
            *self.identity,
            *self.boundary,
            *self.session,
            *self.service_control,
            *self.resource_control,
        )


@record
class Reached:
    """A request, what reaches it, and what each route has to know of the two.

    `same_account` says whether key and principal share an account, `across` whether the action works across accounts
    (K8), `by_key_policy` whether a key policy can give it, and `keyless` whether it is no action on a key at all, so
    that the principal's own policies decide alone (K43). `reserved` says that KMS lets nobody do it. `own` are the
    allow statements of the identity policies; `unbounded` is what they let the principal do, as far as session policies
    leave it, `permitted` what the boundary leaves of that (I4).
    """

    request: Request
    governing: Governing
    same_account: Answer
    across: Answer
    by_key_policy: bool
    keyless: bool
    boundary: Answer
    session: Answer
    service_control: Answer
    own: tuple[Judgement, ...]
    reserved: Answer
    unbounded: Answer

    @property
    def permitted(self) -> Answer:
        """What the identity policies allow, as far as the boundary leaves it."""
        return self.unbounded & self.boundary

    def bounded(self, boundary: Answer) -> Reached:
        """The same, were that what the boundary leaves."""
        return replace(self, boundary=boundary)


def reached(request: Request, governing: Governing) -> Reached:
    """`request` with what reaches it of `governing`."""
    action, memory = kms_actions.find(request.action), governing.memory
    keyless = action is not None and _keyless(action, request)
    same_account = _same_account(request)
    if action is not None and keyless:
        request, governing = _without_key(action, request, governing)
    governing = _reaching(request, governing)
    if governing.boundary:
        bounded = any_of(policy.present for policy in governing.boundary)
        request = replace(request, principal=replace(request.principal, bounded=bounded))
    governing, service_control = _organization(request, governing)
    boundary = all_of(_left_by(governing.boundary, request, memory)) if governing.boundary else YES
    session = _session(governing.session, request, memory) if governing.session else YES
    own, reserved = memory.judgements(governing.identity, request, Effect.ALLOW), _reserved(request)
    trusted = governing.assumed or request.principal.kind is PrincipalKind.ROOT  # a root user may do all in its account
    return Reached(
        request=request,
        governing=governing,
        same_account=same_account,
        across=_across(action, request),
        by_key_policy=not keyless and (action is None or action.key_policy),
        keyless=keyless,
        boundary=boundary,
        session=session,
        service_control=service_control,
        own=own,
        reserved=reserved,
        unbounded=(YES if trusted else applies(own)) & session & ~reserved,
    )


# --- which policies reach a request ------------------------------------------------------------------------------

_ANY_RESOURCE: Final = text("*")
_OF_AWS: Final = text("arn:*:kms:*:*:alias/aws/*")
_NAMING: Final = frozenset({"kms:createalias", "kms:updatealias"})
_RETIRE: Final = "kms:retiregrant"
_SERVICE_LINKED: Final = text("arn:*:iam::*:role/aws-service-role/*")


def _keyless(action: kms_actions.Action, request: Request) -> bool:
    """Whether no key stands behind the request: an action without resources, or one on an alias itself (K41, K43)."""
    if not action.resources:
        return True
    return "alias" in action.resources and _is_alias(request.resource)


def _reserved(request: Request) -> Answer:
    """Whether it names an alias as only AWS may name one (KMS, API_CreateAlias, API_UpdateAlias)."""
    return arn.like(_OF_AWS, request.resource) if request.action.lower() in _NAMING else NO


def _is_alias(resource: Text) -> bool:
    fields = arn.split(resource)
    return fields is not None and fields.resource.prefix.startswith("alias/")


def _without_key(action: kms_actions.Action, request: Request, governing: Governing) -> tuple[Request, Governing]:
    """Of an action without resources, whatever is named: in a policy its resource is a star (KMS, alias-access)."""
    if not action.resources:
        request = replace(request, resource=_ANY_RESOURCE)
    return request, replace(governing, resource=(), grants=())


def _reaching(request: Request, governing: Governing) -> Governing:
    """`governing` without what does not reach this kind of principal, or this action.

    Neither a key policy nor an RCP has a say in who retires a grant (KMS, grant-delete).
    """
    if request.action.lower() == _RETIRE:
        governing = replace(governing, resource=(), resource_control=())
    match request.principal.kind:
        case PrincipalKind.SERVICE:  # it has no policies, and no account's SCPs restrict it
            return replace(governing, identity=(), boundary=(), session=(), service_control=())
        case PrincipalKind.ROOT:
            return replace(governing, identity=(), boundary=(), session=())
        case _:
            return governing


def _organization(request: Request, governing: Governing) -> tuple[Governing, Answer]:
    """What SCPs and RCPs can deny, and whether the SCPs leave the action. They do not reach service-linked roles."""
    scps, rcps, role = governing.service_control, governing.resource_control, request.principal.role
    if not scps and not rcps:
        return governing, YES
    exempt = NO if role is None else arn.like(_SERVICE_LINKED, role)
    left = YES
    if not any(map(is_outside, scps)):  # else assumed not to restrict
        none = all_of(~policy.present for policy in scps)
        left = exempt | none | applies(governing.memory.judgements(scps, request, Effect.ALLOW))
    if exempt.truth is Truth.NO:
        return governing, left
    return replace(governing, service_control=_except(scps, exempt), resource_control=_except(rcps, exempt)), left


def _except(policies: tuple[Policy, ...], exempt: Answer) -> tuple[Policy, ...]:
    return tuple(replace(policy, present=policy.present & ~exempt) for policy in policies)


# --- what they leave of it ---------------------------------------------------------------------------------------


def is_outside(policy: Policy) -> bool:
    """Whether the policy is named in the source and not written there."""
    return policy.kind is PolicyKind.OUTSIDE


def _left_by(policies: tuple[Policy, ...], request: Request, memory: Memory) -> list[Answer]:
    """Whether these boundaries or session policies leave the action, each by itself: it allows it, or is absent.

    Those outside the source are assumed not to restrict.
    """
    inside = (policy for policy in policies if not is_outside(policy))
    return [~policy.present | _allows(policy, request, memory) for policy in inside]


def _allows(policy: Policy, request: Request, memory: Memory) -> Answer:
    return applies(memory.of(policy).judgements(request, Effect.ALLOW, Naming.ANYHOW))


def _session(policies: tuple[Policy, ...], request: Request, memory: Memory) -> Answer:
    """Whether the session policies leave the action: each does, or one does where there are several."""
    there = tuple(policy for policy in policies if policy.present.truth is not Truth.NO and not is_outside(policy))
    every = all_of(_left_by(there, request, memory))
    if len(there) <= 1:
        return every
    one = any_of(
        policy.present & _allows(policy, request, memory) for policy in there
    )  # one that is absent gives nothing
    return every | one & maybe(_SEVERAL)


_SEVERAL: Final = Unknown(
    Why.UNDOCUMENTED,
    "whether each of several session policies has to allow what they restrict, or one of them",
    identity="several session policies",
)


def _same_account(request: Request) -> Answer:
    account = request.principal.account
    if account is None or (account is request.account and account.literal):
        return YES
    return arn.equal(account, request.account)


def _across(action: kms_actions.Action | None, request: Request) -> Answer:
    if action is not None:
        return YES if action.cross_account else NO
    if not request.action.lower().startswith("kms:"):  # `sts:AssumeRole`, the other one that follows this rule (I2)
        return YES
    return maybe(Unknown(Why.UNDOCUMENTED, f"whether `{request.action}` can be used across accounts"))


# --- what is taken for granted -----------------------------------------------------------------------------------


def assumed(ask: Reached, *, delegated: bool) -> tuple[str, ...]:
    """Sentences about what lies outside the source, for an ALLOWED that rests on it (design, section 3).

    `delegated` says that it is allowed by delegation alone.
    """
    governing = ask.governing
    what = "to allow what the key policy delegates" if delegated else "not to deny"
    own = f"the policies of the principal are not in the source and are assumed {what}"
    restricting = (
        *(*governing.boundary, *governing.session),
        *(*governing.service_control, *governing.resource_control),
    )
    return (
        *((own,) if governing.assumed else ()),
        *(f"{_called(policy)} is assumed not to deny" for policy in governing.identity if is_outside(policy)),
        *(f"{_called(policy)} is assumed not to restrict" for policy in restricting if is_outside(policy)),
    )


def _called(policy: Policy) -> str:
    name = policy.name or (policy.arn.literal if policy.arn else None)
    return f"{policy.kind.value} `{name}`" if name else f"a {policy.kind.value}"
