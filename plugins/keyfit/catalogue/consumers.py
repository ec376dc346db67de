"""Every consumer that rules speak about: those of the source, and roles that stand for jobs which no source has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, Answer, all_of, any_of, maybe
from keyfit.aws import arn
from keyfit.model.consumers import Consumer, Use
from keyfit.model.identities import IdentityKind
from keyfit.model.names_of_keys import Form, find_key
from keyfit.model.names_of_roles import role_of
from keyfit.pattern import matches
from keyfit.policy.memo import document_of
from keyfit.policy.statement import Effect, PrincipalEntry
from keyfit.services import index
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, text
from keyfit.why import Why
from keyfit.words import marked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keyfit.catalogue.rule import Ident
    from keyfit.model.identities import Identity
    from keyfit.model.keys import Key
    from keyfit.model.names_of_keys import KeyFound
    from keyfit.model.stack import Stack
    from keyfit.policy.statement import Statement
    from keyfit.services.page import Kind, Page
    from keyfit.value import Value

_KEY_ARNS: Final = text("arn:*:kms:*:*:key/*")  # P27


def of(stack: Stack, *pages: str) -> Iterator[Consumer]:
    """The consumers that the pages of these names speak of."""
    return (each for each in every(stack) if index.page_of(each.kind).name in pages)


def named(stack: Stack, kind: Kind) -> Iterator[Consumer]:
    """The consumers of one kind."""
    return (each for each in every(stack) if each.kind == kind.words)


def every(stack: Stack) -> tuple[Consumer, ...]:
    """The consumers of the source, and one for each role that stands for jobs outside."""
    return stack.once(_every)


def told(stack: Stack, about: Ident, message: str) -> str:
    """A consumer of the source by its kind and name, and the parameter that a verdict is about; empty for others.

    A parameter that the verdict's message names is not named again.
    """
    found = stack.once(_by_ident).get((about.resource, about.store, about.state))
    if not found:
        return ""
    consumer = next((each for each in found if about.parameter in map(_parameter, _uses(each))), found[-1])
    in_state = f"in state {marked(consumer.state)} of " if consumer.state else ""
    what = f"{consumer.kind} {in_state}{marked(about.resource)}"
    parameter = next((marked(use.parameter) for use in _uses(consumer) if use.parameter == about.parameter), "")
    return f"{parameter} of {what}" if parameter and parameter not in message else what


def _uses(consumer: Consumer) -> tuple[Use, ...]:
    role = (consumer.role,) if consumer.role is not None else ()
    return (*consumer.keys, *consumer.buckets, *role, *consumer.targets)


def _parameter(use: Use) -> str:
    return use.parameter


def _by_ident(stack: Stack) -> dict[tuple[str, str, str], list[Consumer]]:
    found: dict[tuple[str, str, str], list[Consumer]] = {}
    for each in stack.consumers:
        found.setdefault((each.block.address, each.store, each.state), []).append(each)
    return found


def _every(stack: Stack) -> tuple[Consumer, ...]:
    return (*stack.consumers, *_roles_without_job(stack))


def _roles_without_job(stack: Stack) -> Iterator[Consumer]:
    """Of some services no template has the jobs (G18): a role that trusts one stands for those that scripts start.

    Whether it does, or whether a key is one of theirs, may depend on a choice: then so does whether it is there.
    """
    for page in index.every_page():
        if page.stand_in:
            yield from _standing_in(stack, page)


def _standing_in(stack: Stack, page: Page) -> Iterator[Consumer]:
    kinds = frozenset(each.words for each in page.kinds)
    roles = [found.identity for job in stack.consumers if job.kind in kinds and (found := role_of(stack, job))]
    named = {role.block.address for role in roles if role is not None}
    serving, encrypting = _serving(stack, kinds), _encrypting(stack)
    actions = tuple(text(each) for call in page.calls if "store" in call.purposes for each in call.actions)
    for role in stack.identities:
        is_asked = role.kind is IdentityKind.ROLE and role.block.address not in named
        trusts = _trusts(stack, role, page) if is_asked else NO
        if trusts.truth is Truth.NO or not (_is_settled(stack, trusts) or _is_in_sight(stack, page)):
            continue
        doubt = _untold(page, role) if trusts.truth is Truth.MAYBE else YES
        keys = [
            (key, all_of((_connected(stack, key, role, actions), encrypting.get(key.block.address, YES))))
            for key in stack.keys
            if key.block.address not in serving
        ]
        for answer in dict.fromkeys((YES, *(each for _, each in keys if each.truth is not Truth.NO))):
            present = all_of((role.block.present, doubt, trusts, answer))
            yield Consumer(
                replace(role.block, present=present),
                page.stand_in,
                keys=tuple(_use(key, role) for key, each in keys if each == answer),
                role=Use("", Text(role.arn.parts, role.block.origin)),
                region=stack.region,
                account=role.account,
            )


def _serving(stack: Stack, jobs: frozenset[str]) -> frozenset[str]:
    """The addresses of the keys that serve another consumer of the source."""
    uses = (use.value for each in stack.consumers if each.kind not in jobs for use in each.keys)
    found = (find_key(stack, value).key for value in uses)
    return frozenset(key.block.address for key in found if key is not None)


def _encrypting(stack: Stack) -> dict[str, Answer]:
    """By the address of a key that encrypts a bucket: whether jobs use it. A role can need it for the bucket alone."""
    found: dict[str, Answer] = {}
    for bucket in stack.buckets:
        key = find_key(stack, bucket.key).key if bucket.key is not None else None
        if key is not None:
            jobs = f"whether a job uses key `{key.block.address}`, which encrypts bucket `{bucket.block.address}`"
            found.setdefault(key.block.address, maybe(Unknown(Why.UNTOLD, jobs, f"jobs with {key.block.address}")))
    return found


def _untold(page: Page, role: Identity) -> Answer:
    """Whether jobs use a role, as far as its trust policy does not tell that they can."""
    jobs = f"whether a {page.stand_in} uses role `{role.block.address}`"
    return maybe(Unknown(Why.UNTOLD, jobs, f"jobs with {role.block.address}"))


def _is_settled(stack: Stack, answer: Answer) -> bool:
    """Whether an answer is definite, or will be when a choice is made."""
    names = (name for hole in answer.holes if isinstance(hole, Unknown) for name in hole.choices)
    reading = stack.reading
    return answer.truth is not Truth.MAYBE or any(reading is not None and reading.choice(name) for name in names)


def _is_in_sight(stack: Stack, page: Page) -> bool:
    """Whether a trust policy, a job or an action of the source speaks of the service."""
    kinds = frozenset(each.words for each in page.kinds)
    prefix = f"{page.trust.principal.partition('.')[0]}:" if page.trust is not None else ""
    statements = (
        each for role in stack.identities for policy in role.policies for each in document_of(stack, policy).statements
    )
    actions = (each for statement in statements if statement.actions for each in statement.actions.values)
    return (
        any(job.kind in kinds for job in stack.consumers)
        or any(_trusts(stack, role, page).truth is Truth.YES for role in stack.identities)
        or any(isinstance(each, Text) and each.prefix.lower().startswith(prefix) for each in actions)
    )


def _use(key: Key, role: Identity) -> Use:
    return Use(key.block.address, Text(key.arn.parts, role.block.origin))


def _trusts(stack: Stack, role: Identity, page: Page) -> Answer:
    """Whether the role's trust policy names the service."""
    service = page.trust.principal if page.trust is not None else ""
    statements = document_of(stack, role.trust).statements if role.trust is not None else ()
    return any_of(_if_allows(each, lambda statement: _names_service(statement, service)) for each in statements)


def _if_allows(statement: Statement, asks: Callable[[Statement], bool]) -> Answer:
    """Whether an Allow is what `asks` wants; open where a choice decides what the statement is."""
    hole = statement.unreadable
    if hole is not None and statement.actions is None:
        return maybe(hole) if hole.choices else NO
    return YES if statement.effects == {Effect.ALLOW} and asks(statement) else NO


def _names_service(statement: Statement, service: str) -> bool:
    principals = statement.principals
    if principals is None or principals.negated:
        return False
    services = (each for each in principals.entries if isinstance(each, PrincipalEntry) and each.kind == "Service")
    return any(isinstance(each.value, Text) and each.value.literal == service for each in services)


def _connected(stack: Stack, key: Key, role: Identity, actions: tuple[Text, ...]) -> Answer:
    """Whether an Allow of the key's policy names the role, or one of the role names the key, for what jobs need."""

    def names_role(statement: Statement) -> bool:
        return _speaks_of(statement, actions) and _names(statement, role.arn)

    def names_key(statement: Statement) -> bool:
        patterns = statement.resources
        values = patterns.values if patterns is not None and not patterns.negated else ()
        texts = (each for each in values if isinstance(each, Text))
        return _speaks_of(statement, actions) and any(find_key(stack, each).key == key for each in texts)

    by_key = (_if_allows(each, names_role) for each in document_of(stack, key.policy).statements)
    by_role = (
        _if_allows(each, names_key) for policy in role.policies for each in document_of(stack, policy).statements
    )
    return any_of((*by_key, *by_role))


def _speaks_of(statement: Statement, wanted: tuple[Text, ...]) -> bool:
    """Whether the statement speaks of an action that jobs need: `kms:Sign` says that the key is for something else."""
    actions = statement.actions
    if actions is None:
        return False
    named = any(
        not isinstance(each, Text) or matches(each, action, fold_case=True) is not Truth.NO
        for each in actions.values
        for action in wanted
    )
    return named or actions.negated


def _names(statement: Statement, named: Text) -> bool:
    principals = statement.principals
    if principals is None or principals.negated:
        return False
    texts = (each.value for each in principals.entries if isinstance(each, PrincipalEntry) and each.kind == "AWS")
    return any(isinstance(each, Text) and matches(each, named, wildcards=False) is Truth.YES for each in texts)


def names_no_key(consumer: Consumer, use: Use, found: KeyFound) -> bool:
    """Whether a parameter surely names no key, of a service whose own rule speaks of that (`personalize-key-arn`)."""
    return use in consumer.keys and index.page_of(consumer.kind).only_arn and is_no_key(use.value, found)


def is_no_key(value: Value, found: KeyFound) -> bool:
    """Whether `value` surely is no key ARN, nor a key named in another way."""
    if found.form not in {Form.OPEN, Form.NONE} or not isinstance(value, Text):
        return False
    return arn.like(_KEY_ARNS, value).truth is Truth.NO
