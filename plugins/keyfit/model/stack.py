"""What readers make of source code: keys, aliases, grants, roles, policies, buckets, and the consumers of keys.

A reader decides nothing about security. It says what is written, with texts whose only holes are what AWS makes up
(`Reference`), what the deployment knows of itself (`Own`), and what cannot be known (`Unknown`). So the ARN of a key in
the source is a text such as `arn:${partition}:kms:${region}:${account}:key/${DataKey.KeyId}`, wherever it is used, and
two texts that mean the same block are equal.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Concatenate, Final, NamedTuple, ParamSpec, Protocol, TypeVar, cast

from keyfit.answer import YES, Answer
from keyfit.model.alternatives import EMPTY, Choice, Scenario
from keyfit.value import NOWHERE, Origin, Own, Text, Unknown, Value, text
from keyfit.why import Why
from keyfit.words import marked, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from keyfit.value import Hole

Given = ParamSpec("Given")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the source that the model speaks of.

    `address` is a logical id in CloudFormation and a full address in Terraform, `type` its resource type; `present`
    says whether the deployment has it. `assumed` names the settings file that a block comes from, else it is empty.
    `within` is the block that the author wrote, where a transform makes this one of it.
    """

    address: str
    type: str
    origin: Origin = field(default=NOWHERE, compare=False)
    present: Answer = YES
    assumed: str = ""
    within: Block | None = None


class PolicyKind(Enum):
    """How a policy is tied to what it governs, in the words of a message."""

    KEY = "key policy"
    DEFAULT_KEY = "default key policy"
    BUCKET = "bucket policy"
    TRUST = "trust policy"
    INLINE = "inline policy"
    MANAGED = "managed policy"
    AWS_MANAGED = "AWS managed policy"
    OUTSIDE = "managed policy that is not in the source"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    SERVICE_CONTROL = "service control policy"
    RESOURCE_CONTROL = "resource control policy"


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy document, and how it is tied to a key, a role, a user or a group.

    `document` is what is written: an object; a text that holds JSON is already read. Unknown where it cannot be
    read, and then it may allow and deny anything. `kind` AWS_MANAGED: `arn` names it, `document` is `None`, and
    `policy.managed` knows it. `kind` OUTSIDE: it may allow anything and is assumed not to deny; `document` is why it is
    not here, or `None`. `owner` is the address of the block that the document is written in, `present` whether the
    attachment exists; `assumed` names the other stack that attaches it, else it is empty.
    """

    kind: PolicyKind
    document: Value | None
    owner: str
    name: str = ""
    arn: Text | None = None
    origin: Origin = field(default=NOWHERE, compare=False)
    present: Answer = YES
    assumed: str = ""

    @property
    def called(self) -> str:
        """How messages name it: "the key policy of `DataKey`", "inline policy `x`"."""
        name = self.name or shown(self.arn)
        if self.kind is PolicyKind.OUTSIDE:
            return f"policy {marked(name)}" if name else f"the policy of {marked(self.owner)}"
        if name and self.kind is not PolicyKind.DEFAULT_KEY:
            return f"{self.kind.value} {marked(name)}"
        return f"the {self.kind.value} of {marked(self.owner)}"


def in_force(policies: tuple[Policy, ...], block: Block, words: str) -> Policy:
    """The policy of `block`, of which there can be one: of several that the source gives, nobody can tell which."""
    first, *others = policies
    if not others or isinstance(first.document, Unknown):
        return first
    owners = " and ".join(f"`{each.owner}`" for each in policies)
    subject = f"which of the {words} of {owners} is in force"
    return replace(first, document=Unknown(Why.UNTOLD, subject, f"policy of {block.address}"))


@dataclass(frozen=True, slots=True)
class Key:
    """A KMS key of the source (or of the settings): what identifies it, who may use it, what it can do.

    `spec`, `usage`, `enabled`, `key_origin`, `multi_region` are values as written, with the defaults of the language
    filled in (origin note "default"); e.g. `Text("SYMMETRIC_DEFAULT")`, `Bool(True)`. `policies` holds one policy, as
    a rule; two where the source gives two (`key-has-one-policy`). `material_missing` says that
    a key of origin EXTERNAL gets no key material in the source (K80). `depends_on` are addresses created before it.
    """

    block: Block
    arn: Text
    key_id: Text
    policies: tuple[Policy, ...]
    spec: Value
    usage: Value
    enabled: Value
    key_origin: Value
    multi_region: Value
    material_missing: Value
    account: Text = field(default_factory=lambda: text(Own.ACCOUNT))
    region: Text = field(default_factory=lambda: text(Own.REGION))
    tags: Value | None = None
    bypasses_lockout_check: Value | None = None
    depends_on: frozenset[str] = frozenset()

    @property
    def policy(self) -> Policy:
        """The key policy in force."""
        return in_force(self.policies, self.block, "key policies")


@dataclass(frozen=True, slots=True)
class Alias:
    """A KMS alias: its name (`alias/x`), and the key it points to by ARN or id."""

    block: Block
    name: Text
    arn: Text
    target: Value


@dataclass(frozen=True, slots=True)
class Grant:
    """A KMS grant. `operations` and both constraints are values as written; a constraint that is absent is `None`."""

    block: Block
    key: Value
    grantee: Value
    operations: Value
    encryption_context_equals: Value | None = None
    encryption_context_subset: Value | None = None
    source_arn: Value | None = None


class IdentityKind(Enum):
    """What an identity is."""

    ROLE = "role"
    USER = "user"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Identity:
    """A role, user or group of the source (or of the settings), with every policy tied to it from either side.

    `outside` says that it is named but not written here: its policies may allow anything and are assumed not to deny,
    as is its boundary. A user's `policies` hold its groups' too. `mixes` says that exclusive and separate attachments
    are given for one role (T14): the places of the two. `strict` are the kinds of policies of which the source has all
    that are to be, with what takes away every other.
    """

    block: Block
    kind: IdentityKind
    name: Text
    arn: Text
    policies: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    trust: Policy | None = None
    account: Text = field(default_factory=lambda: text(Own.ACCOUNT))
    outside: bool = False
    mixes: tuple[Origin, ...] = field(default=(), compare=False)
    strict: tuple[tuple[PolicyKind, Unknown], ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Tie:
    """A policy of the source that names what it is attached to: a role, user or group by its name, of any stack."""

    kind: IdentityKind
    name: Value
    policy: Policy


@dataclass(frozen=True, slots=True)
class Bucket:
    """An S3 bucket with its default encryption: the algorithm and key as written, `None` where absent.

    `policies` holds its bucket policy, where the source has one and a consumer works on a bucket.
    """

    block: Block
    name: Text
    arn: Text
    algorithm: Value | None = None
    key: Value | None = None
    bucket_key: Value | None = None
    region: Text = field(default_factory=lambda: text(Own.REGION))
    account: Text = field(default_factory=lambda: text(Own.ACCOUNT))
    policies: tuple[Policy, ...] = ()


class Purpose(Enum):
    """What a consumer does with the key, bucket or role of one of its parameters."""

    STORE = "store"  # data at rest of the consumer itself
    INPUT = "input"
    OUTPUT = "output"
    ZONE = "zone"  # the zone file of zonal statistics (G24)


@dataclass(frozen=True, slots=True)
class Use:
    """A parameter of a consumer, as written: `parameter` is its path in the language's own words.

    A parameter that is not given has no `Use`. Its place is `value.origin`.
    """

    parameter: str
    value: Value
    purpose: Purpose = Purpose.STORE


@dataclass(frozen=True, slots=True)
class Consumer:
    """Something that uses keys: a block of the source, one store of a feature group, or a task of a state machine.

    `keys` and `buckets` are the parameters that name keys and S3 locations; `role` the one that names the role the
    service assumes. `state` is the task's name in its state machine, and `caller` then the state machine's role.
    `group` is the dataset group or feature group that it works on, as written, and `targets` what else it works on that
    has a key of its own. `store` is "online" or "offline" for a store. `kind` is what it is, in the words of a message.
    `source` is the ARN that the service gives KMS as that of the resource it works for (`aws:SourceArn`); `None` where
    that is not known. `worker` names the function whose role does the work where no role is named.
    """

    block: Block
    kind: str
    keys: tuple[Use, ...] = ()
    role: Use | None = None
    buckets: tuple[Use, ...] = ()
    region: Text = field(default_factory=lambda: text(Own.REGION))
    account: Text = field(default_factory=lambda: text(Own.ACCOUNT))
    name: Value | None = None
    group: Use | None = None
    targets: tuple[Use, ...] = ()
    caller: Use | None = None
    state: str = ""
    store: str = ""
    source: Text | None = None
    worker: Use | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What consumers work on: a Personalize dataset, or a queue; `words` is what it is in a message.

    `names` are the texts that stand for it, such as its ARN. `key` is the parameter that names its own key, `further`
    are those that name others: a launch template has one for each volume. `group` is what it belongs to, as written: a
    dataset's group by its ARN. `default` is the AWS managed key that encrypts it where it names none, if one does.
    `role` names the role of a function, which works for consumers.
    """

    block: Block
    words: str
    names: tuple[Text, ...]
    key: Use | None = None
    further: tuple[Use, ...] = ()
    group: Value | None = None
    default: str = ""
    role: Use | None = None

    @property
    def arn(self) -> Text | None:
        """Its ARN, where that is known."""
        return next((each for each in self.names if each.prefix.startswith("arn:")), None)


@dataclass(frozen=True, slots=True)
class Output:
    """An output of a stack or root module: its name, its value, and the name it is exported under, if it is."""

    name: str
    value: Value
    export: Text | None = None
    present: Answer = YES


@dataclass(frozen=True, slots=True)
class Stored:
    """A parameter of Systems Manager that the source creates, where: its name, and the value that others read."""

    block: Block
    name: Text
    value: Value
    account: Text
    region: Text


@dataclass(frozen=True, slots=True)
class NestedStack:
    """A nested stack: where its template lies and the parameters it is given, as written."""

    block: Block
    template_url: Value | None
    parameters: Value | None


@dataclass(frozen=True, slots=True)
class Seen:
    """Something that is there and was not looked into: the block that names it, and why it was not.

    `within` is where in the block, where that holds several.
    """

    block: Block
    why: Unknown
    within: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A file, or part of one, that could not be read: what stands in it is not judged."""

    message: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Duplicate:
    """What the source declares more than once: `block` as it stands first, what it is in a word, the further places."""

    block: Block
    kind: str
    further: tuple[Origin, ...]


class Reading(Protocol):
    """What a reader keeps to answer for a stack under other choices; see `Stack`."""

    def under(self, scenario: Scenario) -> Stack | None:
        """The same source with these choices made; `None` where nothing can be deployed so."""

    def attempted(self, scenario: Scenario) -> Stack | None:
        """The same, also where a reference leads to what is not there: that is tried, and cannot be deployed."""

    def choice(self, name: str) -> Choice | None:
        """The choice of that name; `None` where it cannot be split."""

    def told(self, scenario: Scenario) -> Mapping[str, bool | str]:
        """The scenario in the source's own words: conditions in CloudFormation, variables in Terraform."""


class Move(NamedTuple):
    """That a block, or a module with all that is in it, has another address than before."""

    before: str
    after: str


class Lookup(NamedTuple):
    """What is looked up by name: as the source alone tells it, with a hole, and what a plan shows that AWS returned."""

    told: Value
    returned: Value | None


class Configuration(Protocol):
    """What a reader of Terraform tells of a root module beside its stack, whatever that is joined with."""

    def state(self) -> str | None:
        """Where its state lies, in words, the same for the same state; `None` where it cannot be told."""

    def output(self, name: str) -> Value | None:
        """The value of an output; `None` where there is none of that name."""

    def lookups(self) -> tuple[Lookup, ...]:
        """What it looks up by name, used or not, that another configuration can have."""

    def call_sites(self) -> Mapping[str, Origin]:
        """Where each module instance is called, by its address: `module.a["x"].module.b`."""

    def deployed_templates(self) -> frozenset[str]:
        """The template files that its `aws_cloudformation_stack` resources deploy."""

    def moved(self) -> tuple[Move, ...]:
        """The addresses that its `moved` blocks say were others before."""


class Edge(NamedTuple):
    """That a block needs another one first: which one, and where it says so; `answer`: whether it does."""

    needs: str
    origin: Origin
    answer: Answer = YES


class Lead(NamedTuple):
    """A reference to a block that a deployment can lack: where it stands, and what it names.

    `missing` is whether the deployment lacks that block where it has `block` and evaluates the reference. `condition`
    is what decides whether the block is there, by name, where it has one.
    """

    block: Block
    needs: str
    origin: Origin
    missing: Answer
    condition: str = ""


class Graph(Protocol):
    """What a reader tells, when it is asked, of the order in which blocks are made.

    What stands between two blocks (a local, a variable, an output, a data source) is a node of its own.
    """

    def node(self, address: str) -> str:
        """The name of a block as edges have it; empty where it is none of this source."""

    def edges(self, node: str) -> Iterable[Edge]:
        """What the block of that name needs first."""

    def leads(self) -> Iterable[Lead]:
        """The references of what the model speaks of, and of outputs, to what a deployment can lack."""


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """One template or one root module, under one scenario: everything a rule can ask about.

    `inputs` are the names of its parameters or variables. `hidden` are the holes behind which further consumers can
    stand, such as a definition that depends on a condition. `macro` is one that can change all of it, so that nothing
    is proven of what is written. `looked_up` are keys outside the source of which something is known but their
    policies; `remarks` are what there is to know of the reading, and fails nothing; `secrets` are texts that no message
    may repeat.
    Two stacks have equal models when their tuples are equal; places are no part of that.
    """

    name: str
    language: str
    keys: tuple[Key, ...] = ()
    aliases: tuple[Alias, ...] = ()
    grants: tuple[Grant, ...] = ()
    identities: tuple[Identity, ...] = ()
    buckets: tuple[Bucket, ...] = ()
    consumers: tuple[Consumer, ...] = ()
    targets: tuple[Target, ...] = ()
    hidden: tuple[Hole, ...] = ()
    looked_up: tuple[Key, ...] = ()
    outputs: tuple[Output, ...] = ()
    nested: tuple[NestedStack, ...] = ()
    stored: tuple[Stored, ...] = ()
    ties: tuple[Tie, ...] = ()
    problems: tuple[Problem, ...] = ()
    seen: tuple[Seen, ...] = ()
    inputs: frozenset[str] = frozenset()
    duplicates: tuple[Duplicate, ...] = ()
    macro: Unknown | None = None
    remarks: tuple[Problem, ...] = ()
    secrets: AbstractSet[str] = frozenset()
    partition: Text = field(default_factory=lambda: text(Own.PARTITION))
    account: Text = field(default_factory=lambda: text(Own.ACCOUNT))
    region: Text = field(default_factory=lambda: text(Own.REGION))
    deployer: Text | None = None
    scenario: Scenario = EMPTY
    reading: Reading | None = None
    configuration: Configuration | None = None
    graph: Graph | None = None
    made: dict[tuple[object, ...], object] = field(default_factory=dict, init=False, repr=False)

    def once(self, make: Callable[Concatenate[Stack, Given], Made], *given: Given.args, **named: Given.kwargs) -> Made:
        """What `make` makes of the stack and what else it is given: made once."""
        key = (make, *given, *named.items())
        if key not in self.made:
            self.made[key] = make(self, *given, **named)
        return cast("Made", self.made[key])


@dataclass(frozen=True, slots=True, eq=False)
class _Derived:
    """A stack's own reading, each of its stacks changed alike; choices are its own and told in its own words."""

    own: Reading
    change: Callable[[Stack], Stack]

    def under(self, scenario: Scenario) -> Stack | None:
        found = self.own.under(scenario)
        return None if found is None else self.change(found)

    def attempted(self, scenario: Scenario) -> Stack | None:
        found = self.own.attempted(scenario)
        return None if found is None else self.change(found)

    def choice(self, name: str) -> Choice | None:
        return self.own.choice(name)

    def told(self, scenario: Scenario) -> Mapping[str, bool | str]:
        return self.own.told(scenario)


def derived(stack: Stack, change: Callable[[Stack], Stack], **model: Any) -> Stack:  # noqa: ANN401 - parts of a stack
    """`stack` with other parts (`model`); under other choices it is what `change` makes of its own there."""
    reading = _Derived(stack.reading, change) if stack.reading is not None else None
    return replace(stack, **model, reading=reading)


# The fields of a stack that hold what a rule can ask about.
PARTS: Final = ("keys", "aliases", "grants", "identities", "buckets", "consumers", "targets", "hidden")
CLOUDFORMATION: Final = "cloudformation"
TERRAFORM: Final = "terraform"
