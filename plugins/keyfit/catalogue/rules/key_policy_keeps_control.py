"""Whoever creates a key can change its policy later.

## What it checks

The deployer that is named (`--deployer`) gets `kms:PutKeyPolicy` on the key, by the key policy, or by delegation and by
its own policies. Where none is named, some principal of the key's own account, or the account itself
(`arn:aws:iam::111122223333:root`), gets it from the key policy, and a note says whose policies decide. A default policy
delegates to the account. Where the safety check is bypassed on purpose, nothing is asked.

## Why it matters

KMS does not create a key whose policy locks out everyone: `MalformedPolicyDocumentException: The new key policy will
not allow you to update the key policy in the future.` With the check bypassed the key is created, and only AWS Support
can help.

## When it is unproven

Only statements with conditions allow it, or the policy names an account by its ID and the account that is deployed to
is not known, or a statement cannot be read.

## How to fix it

Add the statement of the default key policy: `kms:*` for `arn:aws:iam::<account>:root`. By itself it does not allow any
role or user anything.

## References

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, Answer, all_of, any_of, maybe
from keyfit.aws import arn
from keyfit.catalogue import lockout, policies
from keyfit.catalogue.access.question import answer_of
from keyfit.catalogue.rule import Ruling
from keyfit.explain import evidence
from keyfit.explain.statement import statement_name
from keyfit.model.changes import AddStatement
from keyfit.model.findings import About, Level, Note, NoteKind, Remedy
from keyfit.policy.decide import decide
from keyfit.policy.memo import memory_of
from keyfit.policy.principal import Naming
from keyfit.policy.request import Principal, PrincipalKind
from keyfit.policy.statement import Effect, PrincipalEntry
from keyfit.truth import Truth
from keyfit.value import Own, Text, Unknown
from keyfit.why import Advice, AdviceKind, Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyfit.catalogue.rule import Options
    from keyfit.model.keys import Key
    from keyfit.model.stack import Stack
    from keyfit.policy.decision import PolicyDecision
    from keyfit.policy.request import Request

NUMBER: Final = 405
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("key",)
SOURCES: Final = ("K18", "K73")
_KINDS: Final = {
    "role/": PrincipalKind.ROLE,
    "user/": PrincipalKind.USER,
    "assumed-role/": PrincipalKind.SESSION,
}


_WHOSE: Final = Note(
    NoteKind.NOTE, f"the principal that deploys is not in the source, and is assumed to be allowed `{lockout.PUT}`"
)
_NAME_IT: Final = Advice(AdviceKind.NAME_DEPLOYER, "")


def check(stack: Stack, options: Options) -> Iterator[Ruling]:
    """One verdict for each key."""
    for key in policies.keys(stack, options):
        named = stack.deployer is not None and lockout.bypassed(key) != YES
        yield lockout.of_deployer(stack, key, stack.deployer) if named and stack.deployer else _verdict(stack, key)


def _verdict(stack: Stack, key: Key) -> Ruling:
    bypassed = lockout.bypassed(key)
    answer = any_of((bypassed, _kept(stack, key)))
    name, policy = key.block.address, key.policy.called
    about, origin = About(name), key.policy.origin
    match answer.truth:
        case Truth.YES:
            kept = f"{policy} allows a principal of the account to `kms:PutKeyPolicy` later"
            message = f"the safety check of {policy} is bypassed" if bypassed.truth is Truth.YES else kept
            if bypassed.truth is Truth.YES:
                return Ruling(key.block, answer, message, origin, about=about)
            return Ruling(key.block, answer, message, origin, about=about, notes=(_WHOSE,), advice=(_NAME_IT,))
        case Truth.MAYBE:
            message = f"cannot tell whether {policy} allows any principal of the account to `kms:PutKeyPolicy` later"
            return Ruling(key.block, answer, message, origin, about=about)
        case Truth.NO:
            message = f"{policy} allows no principal of the account to `kms:PutKeyPolicy` later"
            request = lockout.request(key, _root(key))
            decision = _decision(stack, key, request)
            advice = _advice(key, decision)
            said = (lockout.REFUSED, *evidence.of_policy(decision, key.policy, request), advice)
            remedy, cause = Remedy(advice.message), evidence.place_of(decision)
            return Ruling(key.block, answer, message, origin, LEVEL, about, said, remedy, cause, _element(decision))


def _element(decision: PolicyDecision) -> str:
    """The element that is the cause, by name; none where no statement comes near."""
    missed = decision.nearest.element if decision.nearest else None
    return "Effect" if decision.explicit else missed.value if missed else ""


def _advice(key: Key, decision: PolicyDecision) -> Note:
    if decision.explicit:
        denial = decision.determining[0].statement
        words = f"do not deny `{lockout.PUT}` in {statement_name(denial, key.policy)}"
        return Note(NoteKind.HELP, words, evidence.place(denial.origin))
    words = "add a statement that allows `kms:*` to the account, `arn:aws:iam::<account>:root`"
    added = AddStatement(key.policy, ("kms:*",), Own.ACCOUNT)
    return Note(NoteKind.HELP, words, evidence.place(key.policy.origin), added)


def _kept(stack: Stack, key: Key) -> Answer:
    """Whether the account or a principal of it gets the action from the key policy."""
    return any_of(_each(stack, key))


MOST_NAMED: Final = 100


def _each(stack: Stack, key: Key) -> Iterator[Answer]:
    """Whether the account gets it, and then each principal by name: who asks stops at the first that does."""
    yield answer_of(_decision(stack, key, lockout.request(key, _root(key))))
    for number, entry in enumerate(_entries(stack, key)):
        if number == MOST_NAMED:
            words = f"the key policy allows `{lockout.PUT}` to more than {MOST_NAMED} principals by name"
            yield maybe(Unknown(Why.BOUND, words, origin=key.policy.origin))
            return
        yield _named(stack, key, entry)


def _entries(stack: Stack, key: Key) -> Iterable[PrincipalEntry]:
    """The principals that statements of the key policy may allow the action, by name; each once."""
    found: dict[PrincipalEntry, None] = {}
    for statement in memory_of(stack).of(key.policy).acting(lockout.PUT, Effect.ALLOW):
        if statement.principals is not None and not statement.principals.negated:
            found.update((each, None) for each in statement.principals.entries if isinstance(each, PrincipalEntry))
    return found


def _named(stack: Stack, key: Key, entry: PrincipalEntry) -> Answer:
    """Whether the one principal that `entry` names gets the action, and is of the key's account.

    A service is of no account. Accounts and `*` are the account's own question (`_root`).
    """
    if entry.kind != "AWS" or not isinstance(entry.value, Text):
        return NO
    fields = arn.split(entry.value)
    if fields is None:
        return _unclear(entry.value)
    kind = next((kind for start, kind in _KINDS.items() if fields.resource.prefix.startswith(start)), None)
    if kind is None:
        return maybe(*fields.resource.holes) if fields.resource.holes else NO
    role = entry.value if kind is PrincipalKind.ROLE else None
    decision = _decision(stack, key, lockout.request(key, Principal(kind, entry.value, key.account, role)))
    return all_of((arn.equal(fields.account, key.account), answer_of(decision)))


def _unclear(value: Text) -> Answer:
    """A principal by something else than an ARN: an account, which is not asked here, or what nobody can tell."""
    if value.literal is None:
        return maybe(*value.holes)
    if value.literal == "*" or value.literal.isdigit():
        return NO
    phrase = f"whether `{value.literal}` is a principal of the account"
    return maybe(Unknown(Why.UNDOCUMENTED, phrase, identity=phrase, origin=value.origin))


def _root(key: Key) -> Principal:
    """The account as a whole: a statement that names it delegates to whatever principals it has (K2)."""
    return Principal(PrincipalKind.ROOT, arn.root(arn.Place(account=key.account)), key.account)


def _decision(stack: Stack, key: Key, request: Request) -> PolicyDecision:
    return decide((key.policy,), request, memory_of(stack), Naming.ANYHOW)
