"""The route table, row by row: who gets through by which route, what stops it, and the evidence for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from keyfit.answer import NO, maybe
from keyfit.model.block import Block
from keyfit.model.keys import Grant
from keyfit.model.policies import Policy, PolicyKind
from keyfit.policy.authorize import KMS, S3, authorize
from keyfit.policy.decide import decide
from keyfit.policy.decision import Decision, Element, Outcome, Route
from keyfit.policy.memo import Memory
from keyfit.policy.policy_set import Governing
from keyfit.policy.request import Context, Principal, PrincipalKind, Request, present
from keyfit.truth import Truth
from keyfit.value import Own, Reference, Unknown, text
from keyfit.why import Why
from tests.policy.worlds import value

if TYPE_CHECKING:
    from keyfit.policy.decision import PolicyDecision
    from keyfit.value import Text

HERE, THERE = "111122223333", "444455556666"
KEY = text("arn:", Own.PARTITION, ":kms:", Own.REGION, ":", Own.ACCOUNT, ":key/", Reference("Key", "key_id"))
ROLE = text("arn:", Own.PARTITION, ":iam::", Own.ACCOUNT, ":role/R")
EVERYTHING = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}


def policy(kind: PolicyKind, *statements: Any, **others: Any) -> Policy:  # noqa: ANN401 - JSON, and a policy's fields
    """A policy of these statements."""
    return Policy(kind, value({"Version": "2012-10-17", "Statement": list(statements)}), kind.value, **others)


def allow(*names: Any, **others: Any) -> Policy:  # noqa: ANN401 - JSON
    """A key policy that allows everything to these AWS principals."""
    statements = [
        {**EVERYTHING, "Principal": {"AWS": name}, "Sid": f"For{index}", **others} for index, name in enumerate(names)
    ]
    return policy(PolicyKind.KEY, *statements)


LITERAL_KEY = text(f"arn:aws:kms:eu-west-1:{HERE}:key/1")
LITERAL_ROLE = f"arn:aws:iam::{HERE}:role/R"
SESSION = f"arn:aws:sts::{HERE}:assumed-role/R/sess"
USER = f"arn:aws:iam::{HERE}:user/U"
IDENTITY = policy(PolicyKind.INLINE, EVERYTHING)
SILENT = policy(PolicyKind.BOUNDARY, {**EVERYTHING, "Action": "s3:*"})
GENEROUS = policy(PolicyKind.BOUNDARY, EVERYTHING)
DENYING = policy(PolicyKind.INLINE, {**EVERYTHING, "Effect": "Deny"})


def principal(arn: str) -> Principal:
    """The principal of that ARN, or service."""
    if not arn.startswith("arn:"):
        return Principal(PrincipalKind.SERVICE, text(arn))
    account = arn.split(":")[4]
    kinds = {"role": PrincipalKind.ROLE, "assumed-role": PrincipalKind.SESSION, "user": PrincipalKind.USER}
    kind = kinds.get(arn.split(":")[5].split("/", maxsplit=1)[0], PrincipalKind.ROOT)
    role = {PrincipalKind.ROLE: arn, PrincipalKind.SESSION: f"arn:aws:iam::{account}:role/R"}.get(kind)
    return Principal(kind, text(arn), text(account), text(role) if role else None)


def ask(arn: str = LITERAL_ROLE, action: str = "kms:Decrypt", resource: Text = LITERAL_KEY, **context: Any) -> Request:  # noqa: ANN401 - facts
    """A request about the key; everything that is not given is absent."""
    facts = {name.replace("__", ":").lower(): given for name, given in context.items()}
    return Request(principal(arn), action, resource, text(HERE), Context(facts, complete=True))


def of_one_set(policies: tuple[Policy, ...], request: Request) -> PolicyDecision:
    """What policies say that are all asked together."""
    return decide(policies, request, Memory())


def routes(decision: Decision) -> dict[str, Truth]:
    """What each route answered."""
    return {each.route.name: each.answer.truth for each in decision.routes}


# --- the three routes ----------------------------------------------------------------------------------------


def test_key_policy() -> None:
    """The key policy names the role: its own policies are not asked."""
    decision = authorize(ask(), Governing((allow(LITERAL_ROLE),)))
    assert decision.outcome is Outcome.ALLOWED
    assert routes(decision) == {"KEY_POLICY": Truth.YES, "DELEGATION": Truth.NO, "GRANT": Truth.NO}
    assert [each.statement.sid for each in decision.determining] == ["For0"]


def test_delegation() -> None:
    """The key policy names the account: the identity policies decide, and both are evidence."""
    governing = Governing((allow(HERE),), (IDENTITY,))
    decision = authorize(ask(), governing)
    assert decision.outcome is Outcome.ALLOWED
    assert routes(decision) == {"KEY_POLICY": Truth.NO, "DELEGATION": Truth.YES, "GRANT": Truth.NO}
    assert [each.policy for each in decision.determining] == [governing.resource[0], IDENTITY]
    assert authorize(ask(), replace(governing, identity=())).outcome is Outcome.DENIED
    assert authorize(ask(), replace(governing, resource=(allow(THERE),))).outcome is Outcome.DENIED


def test_delegation_is_for_its_own_actions_and_conditions() -> None:
    """Delegation goes as far as the account's statement goes (K3)."""
    via = {"Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}}
    governing = Governing((allow(HERE, **via),), (IDENTITY,))
    assert authorize(ask(), governing).outcome is Outcome.DENIED
    through = present(text("s3.eu-west-1.amazonaws.com"))
    assert authorize(ask(kms__viaservice=through), governing).outcome is Outcome.ALLOWED
    describing = Governing((allow(HERE, Action="kms:Describe*"),), (IDENTITY,))
    assert authorize(ask(), describing).outcome is Outcome.DENIED
    assert authorize(ask(action="kms:DescribeKey"), describing).outcome is Outcome.ALLOWED


def test_grant() -> None:
    """A grant needs nobody's policy."""
    grant = Grant(Block("g", "aws_kms_grant"), LITERAL_KEY, text(LITERAL_ROLE), value(["Decrypt"]))
    decision = authorize(ask(), Governing((allow(THERE),), grants=(grant,)))
    assert decision.outcome is Outcome.ALLOWED
    route = decision.route(Route.GRANT)
    assert route is not None
    assert route.grant is grant
    assert authorize(ask(action="kms:Encrypt"), Governing((allow(THERE),), grants=(grant,))).outcome is Outcome.DENIED


def test_one_route_alone() -> None:
    """A rule can ask for one route: the others are not tried, denials count all the same."""
    governing = Governing((allow(HERE),), (IDENTITY,))
    decision = authorize(ask(), governing, (Route.KEY_POLICY,))
    assert decision.outcome is Outcome.DENIED
    assert decision.route(Route.DELEGATION) is None
    assert authorize(ask(), Governing((allow("*"),), (DENYING,)), (Route.KEY_POLICY,)).explicit


def test_nobody_delegates_to_a_service() -> None:
    """A service principal has the key policy and grants, and no policies of its own."""
    service = ask("personalize.amazonaws.com")
    decision = authorize(service, Governing((allow(HERE),), (IDENTITY,)))
    assert decision.outcome is Outcome.DENIED
    assert decision.route(Route.DELEGATION) is None
    named = policy(PolicyKind.KEY, {**EVERYTHING, "Principal": {"Service": "personalize.amazonaws.com"}})
    around = Governing((named,), (DENYING,), (SILENT,), (SILENT,), (DENYING,))
    assert authorize(service, around).outcome is Outcome.ALLOWED
    resource_control = policy(PolicyKind.RESOURCE_CONTROL, {**EVERYTHING, "Principal": "*", "Effect": "Deny"})
    assert authorize(service, replace(around, resource_control=(resource_control,))).explicit


def test_root_user() -> None:
    """The account's statement covers its root user, which has no policies (K4)."""
    root = f"arn:aws:iam::{HERE}:root"
    assert authorize(ask(root), Governing((allow(HERE),), (DENYING,), (SILENT,))).outcome is Outcome.ALLOWED
    assert authorize(ask(f"arn:aws:iam::{THERE}:root"), Governing((allow(THERE),))).outcome is Outcome.ALLOWED


# --- what restricts them -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "named", "boundary", "session"),
    [
        (LITERAL_ROLE, LITERAL_ROLE, Truth.NO, Truth.NO),
        (LITERAL_ROLE, "*", Truth.MAYBE, Truth.MAYBE),  # not documented
        (LITERAL_ROLE, SESSION, Truth.MAYBE, Truth.MAYBE),  # it may be this session
        (SESSION, SESSION, Truth.YES, Truth.YES),
        (SESSION, LITERAL_ROLE, Truth.NO, Truth.NO),
        (USER, USER, Truth.YES, Truth.NO),
        (USER, "*", Truth.MAYBE, Truth.MAYBE),
    ],
)
def test_boundary_and_session_policy(who: str, named: str, boundary: Truth, session: Truth) -> None:
    """A silent boundary stops who is named by role ARN, not by user or session ARN (I3); of `*` AWS does not say."""
    for governing, truth in (
        (Governing((allow(named),), boundary=(SILENT,)), boundary),
        (Governing((allow(named),), session=(SILENT,)), session),
    ):
        decision = authorize(ask(who), governing)
        assert routes(decision)["KEY_POLICY"] is truth
        restricts = decision.restricted_by is not None
        assert restricts is (truth is Truth.NO)
    for generous in (Governing((allow(named),), boundary=(GENEROUS,), session=(GENEROUS,)),):
        assert authorize(ask(who), generous).outcome is not Outcome.DENIED


@pytest.mark.parametrize(
    ("conditions", "truth"),
    [
        ({"ArnLike": {"aws:PrincipalArn": LITERAL_ROLE}}, Truth.YES),
        ({"StringEquals": {"AWS:principalarn": LITERAL_ROLE}, "Bool": {"aws:x": "false"}}, Truth.NO),
        ({"ArnEquals": {"aws:PrincipalArn": f"{LITERAL_ROLE}2"}}, Truth.NO),
        ({"ArnNotEquals": {"aws:PrincipalArn": f"{LITERAL_ROLE}2"}}, Truth.MAYBE),
        ({"Null": {"aws:PrincipalArn": "false"}}, Truth.MAYBE),
        ({"StringEquals": {"aws:PrincipalAccount": HERE}}, Truth.MAYBE),
    ],
)
def test_boundary_and_everybody_of_an_arn(conditions: dict[str, Any], truth: Truth) -> None:
    """What `*` with a condition on `aws:PrincipalArn` gives, no boundary and no session policy restricts."""
    facts: dict[str, Any] = {
        "aws__PrincipalArn": present(text(LITERAL_ROLE)),
        "aws__PrincipalAccount": present(text(HERE)),
    }
    key = allow("*", Condition=conditions)
    for governing in (Governing((key,), boundary=(SILENT,)), Governing((key,), session=(SILENT,))):
        decision = authorize(ask(**facts), governing)
        assert routes(decision)["KEY_POLICY"] is truth
        assert authorize(ask(**facts), replace(governing, boundary=(DENYING,))).explicit
    (open_,) = authorize(ask(**facts), Governing((allow("*"),), boundary=(SILENT,))).holes
    assert isinstance(open_, Unknown)
    assert open_.phrase == "AWS does not document whether a boundary or session policy restricts what `*` is allowed"
    perhaps = {**conditions, "StringEqualsIgnoreCase": {"aws:y": {"unknown": "y"}}}  # all that is open of the first
    asked = ask(aws__y=present(text("y")), **facts)
    holes = authorize(asked, Governing((allow("*", Condition=perhaps),), boundary=(SILENT,))).holes
    assert len(holes) == {Truth.YES: 1, Truth.NO: 0, Truth.MAYBE: 2}[truth]
    hole = allow({"unknown": "who"}, Condition=conditions)  # it can be `*`
    expected = Truth.NO if truth is Truth.NO else Truth.MAYBE
    assert routes(authorize(ask(**facts), Governing((hole,), boundary=(SILENT,))))["KEY_POLICY"] is expected


def test_boundary_and_delegation() -> None:
    """Delegation needs the boundary, too; what is denied in it is denied (I4)."""
    governing = Governing((allow(HERE),), (IDENTITY,), (SILENT,))
    decision = authorize(ask(), governing)
    assert decision.outcome is Outcome.DENIED
    assert decision.restricted_by is not None
    assert decision.restricted_by.nearest is not None
    assert decision.restricted_by.nearest.element is Element.ACTION
    assert authorize(ask(), replace(governing, boundary=(GENEROUS,))).outcome is Outcome.ALLOWED
    second = authorize(ask(), replace(governing, boundary=(GENEROUS, SILENT)))
    assert second.outcome is Outcome.DENIED
    assert second.restricted_by is not None
    assert second.restricted_by.nearest is not None
    assert second.restricted_by.nearest.policy is SILENT
    assert authorize(ask(SESSION), Governing((allow(SESSION),), boundary=(DENYING,))).explicit


def test_restriction_only_where_it_decides() -> None:
    """A boundary is no evidence for what would be denied without it."""
    assert authorize(ask(), Governing((allow(THERE),), (IDENTITY,), (SILENT,))).restricted_by is None
    assert authorize(ask(), Governing((allow(HERE),), (IDENTITY,))).restricted_by is None


def test_boundary_and_not_principal() -> None:
    """A Deny that lists everybody in its NotPrincipal denies whoever has a boundary, however generous that is."""
    spared = {"NotPrincipal": {"AWS": [SESSION, LITERAL_ROLE, HERE]}}
    sparing = policy(PolicyKind.KEY, {**EVERYTHING, "Effect": "Deny", **spared})
    governing = Governing((allow(LITERAL_ROLE), sparing))
    assert authorize(ask(SESSION), governing).outcome is Outcome.ALLOWED
    denied = authorize(ask(SESSION), replace(governing, boundary=(GENEROUS,)))
    assert denied.explicit
    assert [each.policy for each in denied.determining] == [sparing]
    perhaps = Unknown(Why.UNDECIDED, "bounded", identity="bounded")
    open_ = authorize(ask(SESSION), replace(governing, boundary=(replace(GENEROUS, present=maybe(perhaps)),)))
    assert open_.outcome is Outcome.UNDETERMINED
    assert open_.holes == (perhaps,)
    several = (replace(GENEROUS, present=NO), GENEROUS)
    assert authorize(ask(SESSION), replace(governing, boundary=several)).explicit
    delegated = Governing((allow(HERE), sparing), boundary=(GENEROUS,))
    assert authorize(ask(f"arn:aws:iam::{HERE}:root"), delegated).outcome is Outcome.ALLOWED  # it can have none


def test_boundary_and_grant() -> None:
    """What a silent boundary does to a grant is not documented, a session policy restricts it."""
    grant = Grant(Block("g", "aws_kms_grant"), LITERAL_KEY, text(LITERAL_ROLE), value("Decrypt"))
    governing = Governing((allow(THERE),), grants=(grant,))
    undetermined = authorize(ask(), replace(governing, boundary=(SILENT,)))
    assert undetermined.outcome is Outcome.UNDETERMINED
    assert [hole.phrase for hole in undetermined.holes if isinstance(hole, Unknown)] == [
        "AWS does not document whether a boundary restricts a grant"
    ]
    assert authorize(ask(), replace(governing, session=(SILENT,))).outcome is Outcome.DENIED


def test_service_control_policies() -> None:
    """They have to allow, together; they reach neither services nor service-linked roles."""
    deny = policy(PolicyKind.SERVICE_CONTROL, {**EVERYTHING, "Effect": "Deny", "Action": "kms:Encrypt"})
    full = policy(PolicyKind.SERVICE_CONTROL, {**EVERYTHING, "Action": "*"})
    governing = Governing((allow("*"),), service_control=(full, deny))
    assert authorize(ask(), governing).outcome is Outcome.ALLOWED
    assert authorize(ask(action="kms:Encrypt"), governing).explicit
    silent = authorize(ask(), replace(governing, service_control=(deny,)))
    assert silent.outcome is Outcome.DENIED
    assert silent.restricted_by is not None
    linked = f"arn:aws:iam::{HERE}:role/aws-service-role/autoscaling.amazonaws.com/R"
    assert authorize(ask(linked, action="kms:Encrypt"), governing).outcome is Outcome.ALLOWED
    assert authorize(ask(linked), replace(governing, service_control=(deny,))).outcome is Outcome.ALLOWED
    assert authorize(ask("s3.amazonaws.com"), replace(governing, service_control=(deny,))).outcome is Outcome.ALLOWED


def test_resource_control_policies() -> None:
    """They only deny, and do not reach service-linked roles."""
    deny = policy(
        PolicyKind.RESOURCE_CONTROL, {**EVERYTHING, "Principal": "*", "Effect": "Deny", "Action": "kms:Encrypt"}
    )
    governing = Governing((allow("*"),), resource_control=(deny,))
    assert authorize(ask(), governing).outcome is Outcome.ALLOWED
    assert authorize(ask(action="kms:Encrypt"), governing).explicit
    linked = f"arn:aws:iam::{HERE}:role/aws-service-role/autoscaling.amazonaws.com/R"
    assert authorize(ask(linked, action="kms:Encrypt"), governing).outcome is Outcome.ALLOWED


def test_perhaps_service_linked() -> None:
    """Of a role whose path is not known, nobody can tell whether an SCP reaches it."""
    deny = policy(PolicyKind.SERVICE_CONTROL, {**EVERYTHING, "Effect": "Deny", "Action": "*"})
    hole = Unknown(Why.NO_VARIABLE, "path")
    role = text(f"arn:aws:iam::{HERE}:role", hole, "R")
    request = replace(ask(), principal=Principal(PrincipalKind.ROLE, role, text(HERE), role))
    assert authorize(request, Governing((allow("*"),), service_control=(deny,))).holes == (hole,)


def test_presence() -> None:
    """A policy that may not be there may allow, may deny, and may restrict."""
    hole = Unknown(Why.UNDECIDED, "condition `IsProd`", identity="IsProd")
    perhaps = maybe(hole)
    attached = replace(IDENTITY, present=perhaps)
    assert authorize(ask(), Governing((allow(HERE),), (attached,))).holes == (hole,)
    assert authorize(ask(), Governing((allow(HERE),), (IDENTITY,), (replace(SILENT, present=perhaps),))).holes == (
        hole,
    )
    assert authorize(ask(), Governing((allow(HERE),), (IDENTITY, replace(DENYING, present=perhaps)))).holes == (hole,)
    generous = Governing((allow(HERE),), (IDENTITY,), (replace(GENEROUS, present=perhaps),))
    assert authorize(ask(), generous).outcome is Outcome.ALLOWED
    gone = Governing((allow(HERE),), (IDENTITY, replace(DENYING, present=NO)), (replace(SILENT, present=NO),))
    assert authorize(ask(), gone).outcome is Outcome.ALLOWED
    decision = authorize(ask(), Governing((allow(HERE),), (attached,)))
    assert [each.element for each in decision.determining] == [None, Element.PRESENCE]


# --- across accounts -----------------------------------------------------------------------------------------

STRANGER = f"arn:aws:iam::{THERE}:role/R"


@pytest.mark.parametrize("named", [STRANGER, THERE, "*"])
def test_across_accounts(named: str) -> None:
    """Key policy and identity policies both have to allow, and the action has to work across accounts (K7, K8)."""
    governing = Governing((allow(named),), (IDENTITY,))
    assert authorize(ask(STRANGER), governing).outcome is Outcome.ALLOWED
    assert authorize(ask(STRANGER), replace(governing, identity=())).outcome is Outcome.DENIED
    assert authorize(ask(STRANGER), replace(governing, resource=(allow(HERE),))).outcome is Outcome.DENIED
    assert authorize(ask(STRANGER), replace(governing, boundary=(SILENT,))).outcome is Outcome.DENIED
    assert authorize(ask(STRANGER, action="kms:PutKeyPolicy"), governing).outcome is Outcome.DENIED


def test_perhaps_across_accounts() -> None:
    """A literal account against the deployment's own: it holds in both cases, in none, or nobody can tell."""
    request = replace(ask(), account=text(Own.ACCOUNT))
    both = Governing((allow(LITERAL_ROLE),), (IDENTITY,))
    assert authorize(request, both).outcome is Outcome.ALLOWED
    assert authorize(request, replace(both, identity=())).holes == (Own.ACCOUNT,)
    assert authorize(request, replace(both, resource=(allow(THERE),))).outcome is Outcome.DENIED


def test_grant_across_accounts() -> None:
    """Whether a grant to another account needs an identity policy there is not documented."""
    grant = Grant(Block("g", "aws_kms_grant"), LITERAL_KEY, text(STRANGER), value("Decrypt"))
    governing = Governing((allow(HERE),), grants=(grant,))
    undetermined = authorize(ask(STRANGER), governing)
    assert [hole.phrase for hole in undetermined.holes if isinstance(hole, Unknown)] == [
        "AWS does not document whether a grant to another account needs an IAM policy"
    ]
    assert authorize(ask(STRANGER), replace(governing, identity=(IDENTITY,))).outcome is Outcome.ALLOWED


# --- actions of their own kind -------------------------------------------------------------------------------


def test_actions_on_no_key() -> None:
    """The key policy says nothing of actions without a key, neither way; their resource is `*` (K43)."""
    denying = allow("*", Effect="Deny")
    listing = ask(action="kms:ListAliases")
    assert authorize(listing, Governing((allow("*"),))).outcome is Outcome.DENIED
    assert authorize(listing, Governing((denying,), (IDENTITY,))).outcome is Outcome.ALLOWED
    on_keys = policy(PolicyKind.INLINE, {**EVERYTHING, "Resource": f"arn:aws:kms:*:{HERE}:key/*"})
    assert authorize(listing, Governing((), (on_keys,))).outcome is Outcome.DENIED


def test_aliases() -> None:
    """An alias itself is governed by identity policies, the key behind it by its policy (K41)."""
    alias = ask(action="kms:CreateAlias", resource=text(f"arn:aws:kms:eu-west-1:{HERE}:alias/a"))
    assert authorize(alias, Governing((allow("*"),))).outcome is Outcome.DENIED
    mine = policy(PolicyKind.INLINE, {**EVERYTHING, "Resource": f"arn:aws:kms:*:{HERE}:alias/*"})
    assert authorize(alias, Governing((), (mine,))).outcome is Outcome.ALLOWED
    assert authorize(ask(action="kms:CreateAlias"), Governing((allow("*"),))).outcome is Outcome.ALLOWED


@pytest.mark.parametrize("action", ["kms:CreateAlias", "kms:DeleteAlias", "kms:ListAliases"])
@pytest.mark.parametrize("who", [STRANGER, f"arn:aws:iam::{THERE}:root"])
def test_aliases_across_accounts(action: str, who: str) -> None:
    """They are for their own account alone (KMS, API_CreateAlias), whatever is named."""
    alias = ask(who, action, resource=text(f"arn:aws:kms:eu-west-1:{HERE}:alias/a"))
    assert authorize(alias, Governing((), (IDENTITY,))).outcome is Outcome.DENIED
    mine = replace(alias, account=text(THERE), resource=text(f"arn:aws:kms:eu-west-1:{THERE}:alias/a"))
    assert authorize(mine, Governing((), (IDENTITY,))).outcome is Outcome.ALLOWED
    for account, outcome in ((HERE, Outcome.DENIED), (THERE, Outcome.ALLOWED)):
        everything = replace(alias, action="kms:ListAliases", resource=text("*"), account=text(account))
        assert authorize(everything, Governing((), (IDENTITY,))).outcome is outcome


def test_retire_grant() -> None:
    """A grant lets somebody retire it, or the account that made it; its policies can deny, no other has a say (K44)."""
    retire = ask(action="kms:RetireGrant")
    assert authorize(retire, Governing((allow("*", HERE),))).outcome is Outcome.DENIED
    open_ = authorize(retire, Governing((allow("*", HERE),), (IDENTITY,)))
    assert open_.outcome is Outcome.UNDETERMINED
    (hole,) = open_.holes
    assert isinstance(hole, Unknown)
    assert hole.phrase == "the account that made the grant is not known"
    root = ask(f"arn:aws:iam::{HERE}:root", action="kms:RetireGrant")
    assert authorize(root, Governing((allow("*"),))).outcome is Outcome.UNDETERMINED
    assert authorize(root, Governing((allow("*", Effect="Deny"),))).outcome is Outcome.UNDETERMINED
    grant = Grant(Block("g", "aws_kms_grant"), LITERAL_KEY, text(LITERAL_ROLE), value("RetireGrant"))
    assert authorize(retire, Governing((allow(THERE),), grants=(grant,))).outcome is Outcome.ALLOWED
    assert authorize(retire, Governing((allow("*", Effect="Deny"),), grants=(grant,))).outcome is Outcome.ALLOWED
    assert authorize(retire, Governing((), (DENYING,), grants=(grant,))).explicit
    everybody = policy(PolicyKind.RESOURCE_CONTROL, {**EVERYTHING, "Effect": "Deny", "Principal": "*"})
    governing = Governing((allow(THERE),), grants=(grant,), resource_control=(everybody,))
    assert authorize(retire, governing).outcome is Outcome.ALLOWED
    assert authorize(ask(), governing).explicit


def test_no_action() -> None:
    """What is no action of KMS is asked like one on a key; across accounts nobody can tell."""
    assert authorize(ask(action="kms:Frob"), Governing((allow("*"),))).outcome is Outcome.ALLOWED
    stranger = ask(STRANGER, action="kms:Frob")
    assert authorize(stranger, Governing((allow("*"),), (IDENTITY,))).outcome is Outcome.UNDETERMINED
    assume = ask(STRANGER, action="sts:AssumeRole")
    everything = policy(PolicyKind.INLINE, {**EVERYTHING, "Action": "*"})
    assert authorize(assume, Governing((allow("*", Action="*"),), (everything,))).outcome is Outcome.ALLOWED


def test_resource_aliases() -> None:
    """A condition on the aliases of a key is for identity policies; what it does in a key policy is open (K39)."""
    condition = {"Condition": {"ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/app*"}}}
    asked = ask(kms__ResourceAliases=present(text("alias/app1")))
    identity = policy(PolicyKind.INLINE, {**EVERYTHING, **condition})
    assert authorize(asked, Governing((allow(HERE),), (identity,))).outcome is Outcome.ALLOWED
    (hole,) = authorize(asked, Governing((allow(LITERAL_ROLE, **condition),))).holes
    assert isinstance(hole, Unknown)
    assert hole.phrase == "AWS does not document what `kms:ResourceAliases` does in a key policy"


def test_a_root_user_assumes_no_role() -> None:
    """Not by its ARN, not by `*` (STS, API_AssumeRole)."""
    root = ask(f"arn:aws:iam::{HERE}:root", action="sts:AssumeRole")
    trust = policy(PolicyKind.TRUST, {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"})
    assert authorize(root, Governing((trust,))).outcome is Outcome.DENIED
    assert authorize(replace(root, principal=ask(USER).principal), Governing((trust,))).outcome is Outcome.ALLOWED


def test_several_session_policies() -> None:
    """Where they differ, AWS does not say whether one is enough; one that is not there is not asked."""
    silent, generous = (replace(each, kind=PolicyKind.SESSION) for each in (SILENT, GENEROUS))
    governing = Governing((allow(HERE),), (IDENTITY,), session=(silent, generous))
    (hole,) = authorize(ask(), governing).holes
    assert isinstance(hole, Unknown)
    assert hole.phrase == (
        "AWS does not document whether each of several session policies has to allow what they restrict, or one of them"
    )
    unreadable = policy(PolicyKind.SESSION, {"unknown": "what it says"})
    assert len(authorize(ask(), replace(governing, session=(unreadable,))).holes) == 1
    assert len(authorize(ask(), replace(governing, session=(unreadable, silent))).holes) == 2
    for session, outcome in (
        ((silent, silent), Outcome.DENIED),
        ((generous, generous), Outcome.ALLOWED),
        ((silent, replace(generous, present=NO)), Outcome.DENIED),
        ((generous, replace(silent, present=NO)), Outcome.ALLOWED),
    ):
        assert authorize(ask(), replace(governing, session=session)).outcome is outcome


# --- what lies outside the source ----------------------------------------------------------------------------


def test_assumed_identity_policies() -> None:
    """Where the principal is outside the source, delegation is enough, and the decision says so."""
    decision = authorize(ask(), Governing((allow(HERE),), assumed=True))
    assert decision.outcome is Outcome.ALLOWED
    assert decision.assumptions == (
        "the policies of the principal are not in the source and are assumed to allow what the key policy delegates",
    )
    named = authorize(ask(), Governing((allow(LITERAL_ROLE),), assumed=True))
    assert named.assumptions == ("the policies of the principal are not in the source and are assumed not to deny",)


def test_outside_policies() -> None:
    """A policy outside the source may allow and is taken not to deny; a boundary is taken not to restrict."""
    outside = Policy(PolicyKind.OUTSIDE, None, "Role", arn=text(f"arn:aws:iam::{HERE}:policy/P"))
    undetermined = authorize(ask(), Governing((allow(HERE),), (outside,)))
    assert undetermined.outcome is Outcome.UNDETERMINED
    allowed = authorize(ask(), Governing((allow(HERE),), (IDENTITY, outside), (outside,)))
    assert allowed.outcome is Outcome.ALLOWED
    assert authorize(ask(), Governing((allow(HERE),), (IDENTITY,), (GENEROUS,))).assumptions == ()
    name = f"managed policy that is not in the source `arn:aws:iam::{HERE}:policy/P`"
    assert allowed.assumptions == (f"{name} is assumed not to deny", f"{name} is assumed not to restrict")
    for others in ({"session": (outside,)}, {"service_control": (outside, SILENT)}, {"resource_control": (outside,)}):
        found = authorize(ask(), Governing((allow(HERE),), (IDENTITY,), **others))
        assert found.outcome is Outcome.ALLOWED
        assert found.assumptions == (f"{name} is assumed not to restrict",)
    denying = policy(PolicyKind.SERVICE_CONTROL, {**EVERYTHING, "Effect": "Deny"})
    assert authorize(ask(), Governing((allow(HERE),), (IDENTITY,), service_control=(outside, denying))).explicit


def test_unreadable_statement() -> None:
    """A statement that cannot be read may name the session itself, which no boundary restricts."""
    unreadable = policy(PolicyKind.KEY, {"unknown": "what it says"})
    for who in (SESSION, USER, LITERAL_ROLE):
        assert authorize(ask(who), Governing((unreadable,), boundary=(SILENT,))).outcome is Outcome.UNDETERMINED
        assert authorize(ask(who), Governing((unreadable,), session=(SILENT,))).outcome is Outcome.UNDETERMINED


def test_unknown_attachment() -> None:
    """An attached policy with an unknown ARN carries the choices of the ARN: the answer can be split on them."""
    hole = Unknown(Why.NO_VALUE, "PolicyArn", choices=frozenset({"PolicyArn"}))
    attached = Policy(PolicyKind.AWS_MANAGED, None, "Role", arn=text(hole))
    assert authorize(ask(), Governing((allow(HERE),), (attached,))).holes == (hole,)


# --- evidence ------------------------------------------------------------------------------------------------


def test_nearest_miss() -> None:
    """An implicit deny shows, for each route, the statement that came nearest and the element that missed."""
    key = policy(
        PolicyKind.KEY,
        {**EVERYTHING, "Sid": "Other", "Principal": {"AWS": STRANGER}, "Action": "s3:*"},
        {**EVERYTHING, "Sid": "Near", "Principal": {"AWS": LITERAL_ROLE}, "Action": "kms:Encrypt"},
        {**EVERYTHING, "Sid": "Root", "Principal": {"AWS": HERE}},
    )
    other = policy(PolicyKind.INLINE, {**EVERYTHING, "Resource": "arn:aws:kms:eu-west-1:111122223333:key/2"})
    decision = authorize(ask(), Governing((key,), (other,)))
    by_key, delegated = decision.route(Route.KEY_POLICY), decision.route(Route.DELEGATION)
    assert by_key is not None
    assert by_key.nearest is not None
    assert (by_key.nearest.statement.sid, by_key.nearest.element) == ("Near", Element.ACTION)
    assert delegated is not None
    assert delegated.nearest is not None
    assert (delegated.nearest.policy, delegated.nearest.element) == (other, Element.RESOURCE)
    assert [each.statement.sid for each in delegated.by] == ["Root"]


def test_nearest_delegation() -> None:
    """Where the key policy delegates something else, that comes nearest."""
    key = policy(
        PolicyKind.KEY,
        {**EVERYTHING, "Sid": "Session", "Principal": {"AWS": SESSION}, "Resource": "x"},
        {**EVERYTHING, "Sid": "Root", "Principal": {"AWS": HERE}, "Action": "kms:Encrypt"},
    )
    delegated = authorize(ask(SESSION), Governing((key,), (IDENTITY,))).route(Route.DELEGATION)
    assert delegated is not None
    assert delegated.nearest is not None
    assert (delegated.nearest.statement.sid, delegated.nearest.element) == ("Root", Element.ACTION)


def test_a_statement_is_shown_once() -> None:
    """A statement that names session, role and account is one piece of evidence, at its best."""
    hole = {"text": ["arn:aws:iam::111122223333:role/", {"unknown": "x"}]}
    key = policy(PolicyKind.KEY, {**EVERYTHING, "Principal": {"AWS": [SESSION, LITERAL_ROLE, HERE, hole]}})
    decision = authorize(ask(SESSION), Governing((key,), (IDENTITY,), (GENEROUS,)))
    assert routes(decision) == {"KEY_POLICY": Truth.YES, "DELEGATION": Truth.YES, "GRANT": Truth.NO}
    assert [(each.policy, each.answer.truth) for each in decision.determining] == [
        (key, Truth.YES),
        (IDENTITY, Truth.YES),
    ]
    by_key = decision.route(Route.KEY_POLICY)
    assert by_key is not None
    assert [each.policy for each in by_key.by] == [key]


def test_evidence_across_accounts() -> None:
    """Across accounts the identity policies are evidence, too; in one account they are not."""
    for who, shown in ((STRANGER, [PolicyKind.KEY, PolicyKind.INLINE]), (LITERAL_ROLE, [PolicyKind.KEY])):
        decision = authorize(ask(who), Governing((allow(who),), (IDENTITY,)))
        assert [each.policy.kind for each in decision.determining] == shown


def test_evidence_of_grants() -> None:
    """Of several grants the one that gives is shown; a grant that does not has no nearest statement."""
    grant = Grant(Block("g", "aws_kms_grant"), LITERAL_KEY, text(LITERAL_ROLE), value("Decrypt"))
    other = replace(grant, block=Block("h", "aws_kms_grant"), grantee=text(USER))
    for given in ((grant, other), (other, grant)):
        route = authorize(ask(), Governing((allow(THERE),), grants=given)).route(Route.GRANT)
        assert route is not None
        assert route.grant is grant
    route = authorize(ask(), Governing((allow(THERE),), grants=(other,))).route(Route.GRANT)
    assert route is not None
    assert (route.answer.truth, route.grant, route.nearest) == (Truth.NO, None, None)


def test_explicit_denials_are_all_evidence() -> None:
    """Every statement that denies is a determining one."""
    decision = authorize(ask(), Governing((allow("*", Effect="Deny"),), (DENYING, IDENTITY)))
    assert decision.explicit
    assert {each.policy.kind for each in decision.determining} == {PolicyKind.KEY, PolicyKind.INLINE}


def test_decide_one_policy() -> None:
    """`decide` answers for a set of policies alone, such as a trust policy."""
    trust = policy(
        PolicyKind.TRUST, {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:*"}
    )
    asked = ask("s3.amazonaws.com", action="sts:AssumeRole", resource=text(LITERAL_ROLE))
    assert of_one_set((trust,), asked).outcome is Outcome.ALLOWED
    stranger = of_one_set((trust,), ask("sns.amazonaws.com", action="sts:AssumeRole", resource=text(LITERAL_ROLE)))
    assert stranger.outcome is Outcome.DENIED
    assert stranger.nearest is not None
    assert stranger.nearest.element is Element.PRINCIPAL
    assert of_one_set((DENYING,), ask()).explicit
    assert of_one_set((), ask()).outcome is Outcome.DENIED
    hole = Unknown(Why.NO_VARIABLE, "x")
    unreadable = Policy(PolicyKind.TRUST, hole, "Role")
    assert of_one_set((unreadable,), asked).holes == (hole,)
    assert of_one_set((trust, replace(unreadable, present=NO)), asked).outcome is Outcome.ALLOWED


def test_evidence_of_one_policy() -> None:
    """What `decide` cannot tell comes with the statements that keep it open, and with the nearest allow."""
    hole = {"unknown": "x"}
    perhaps_denies = {**EVERYTHING, "Sid": "Deny", "Effect": "Deny", "Condition": {"StringEquals": {"aws:x": hole}}}
    perhaps_allows = {**EVERYTHING, "Sid": "Perhaps", "Action": hole}
    request = ask(aws__x=present(text("y")))

    def sids(*statements: Any) -> list[str]:  # noqa: ANN401 - JSON
        decision = of_one_set((policy(PolicyKind.INLINE, *statements),), request)
        assert decision.outcome is Outcome.UNDETERMINED
        assert [hole.phrase for hole in decision.holes if isinstance(hole, Unknown)] == ["x"]
        return [each.statement.sid for each in decision.determining]

    allows = {**EVERYTHING, "Sid": "Allow"}
    assert sids(perhaps_denies, allows, perhaps_allows) == ["Deny", "Allow"]
    assert sids(perhaps_denies, perhaps_allows) == ["Deny", "Perhaps"]
    assert sids(perhaps_allows) == ["Perhaps"]
    nearest = of_one_set((policy(PolicyKind.INLINE, {**allows, "Action": "s3:*"}, perhaps_allows),), request).nearest
    assert nearest is not None
    assert (nearest.statement.sid, nearest.element) == ("Perhaps", Element.ACTION)
    misses = {**allows, "Effect": "Deny", "Condition": {"StringEquals": {"aws:x": "z"}}}
    denied = of_one_set(
        (policy(PolicyKind.INLINE, {**allows, "Resource": "x"}, misses, {**allows, "Action": "s3:*"}),), request
    )
    assert (denied.outcome, denied.explicit) == (Outcome.DENIED, False)
    assert denied.nearest is not None
    assert denied.nearest.element is Element.RESOURCE
    allowed = of_one_set((policy(PolicyKind.INLINE, allows, misses, {**allows, "Action": "s3:*"}),), request)
    assert allowed.outcome is Outcome.ALLOWED
    assert [each.statement.index for each in allowed.determining] == [0]
    explicit = of_one_set((DENYING, IDENTITY), request)
    assert (explicit.outcome, explicit.explicit) == (Outcome.DENIED, True)
    assert [each.policy for each in explicit.determining] == [DENYING]
    assert [each.policy for each in of_one_set((DENYING, IDENTITY, replace(IDENTITY)), ask()).determining] == [DENYING]


def test_what_is_gone_is_no_evidence() -> None:
    """A policy that is not there is neither asked nor shown."""
    hole = Unknown(Why.UNDECIDED, "condition `IsProd`")
    gone = replace(DENYING, present=NO)
    perhaps = replace(DENYING, present=maybe(hole))
    decision = authorize(ask(), Governing((allow(HERE),), (IDENTITY, gone, perhaps)))
    assert decision.outcome is Outcome.UNDETERMINED
    assert [each.policy.present.truth for each in decision.determining] == [Truth.MAYBE, Truth.YES, Truth.YES]
    absent = authorize(ask(), Governing((replace(allow(HERE), present=NO),), (IDENTITY,)))
    delegated = absent.route(Route.DELEGATION)
    assert delegated is not None
    assert delegated.nearest is None


def test_a_policy_that_perhaps_is_there_and_denies() -> None:
    """What a policy allows helps nobody whom it denies itself, whether it is there or not."""
    hole = Unknown(Why.UNDECIDED, "condition `IsProd`")
    both = replace(policy(PolicyKind.INLINE, EVERYTHING, {**EVERYTHING, "Effect": "Deny"}), present=maybe(hole))
    assert authorize(ask(), Governing((allow(HERE),), (both,))).outcome is Outcome.DENIED
    assert authorize(ask(), Governing((allow(HERE),), (both, IDENTITY))).holes == (hole,)


def test_aws_managed_policies() -> None:
    """AmazonSageMakerFullAccess gives DescribeKey and ListAliases, and nothing else of KMS (I8)."""
    attached = Policy(
        PolicyKind.AWS_MANAGED,
        None,
        "Role",
        arn=text("arn:", Own.PARTITION, ":iam::aws:policy/AmazonSageMakerFullAccess"),
    )
    governing = Governing((allow(HERE),), (attached,))
    for action in ("kms:DescribeKey", "kms:ListAliases"):
        assert authorize(ask(action=action), governing).outcome is Outcome.ALLOWED
    for action in ("kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant", "kms:ListGrants"):
        assert authorize(ask(action=action), governing).outcome is Outcome.DENIED


def test_symbolic_accounts() -> None:
    """The deployment's own account is one account, whatever its number."""
    request = Request(
        Principal(PrincipalKind.ROLE, ROLE, text(Own.ACCOUNT), ROLE),
        "kms:Decrypt",
        KEY,
        text(Own.ACCOUNT),
        Context(complete=True),
    )
    named = replace(allow("x"), document=value({"Statement": {**EVERYTHING, "Principal": {"AWS": "hole"}}}))
    assert named.document is not None
    assert authorize(request, Governing((named,), (IDENTITY,))).outcome is Outcome.DENIED
    assert authorize(request, Governing((allow(HERE),), (IDENTITY,))).holes == (Own.ACCOUNT,)
    assert authorize(request, Governing((allow("*"),))).outcome is Outcome.ALLOWED
    assert {*KMS, *S3} == set(Route)
