"""The format of a service's page: how its consumers are written in each language, and which calls to KMS they need.

A page is data. It needs nothing but the standard library, and imports in no time: hosts read the pages in processes
that judge nothing.

Names and paths are CloudFormation's, in PascalCase, which are the API's and so Step Functions' too. What
hashicorp/awscc calls them follows by rule (`services/spelling.py`); a form of its own in the page goes before that.
"""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping


# What a consumer does with the key, bucket or role of one of its parameters: "store" is for its own data at rest,
# "zone" the zone file of zonal statistics (G24).
For: TypeAlias = Literal["store", "input", "output", "zone"]


class Form(NamedTuple):
    """Where the parameters of a consumer stand, as dotted paths; `List[].Name` and `List[]` are one for each element.

    Where nothing stands at `Name|Ref`, the resource's own attribute `Ref` counts; `List[Key=logs.bucket].Value` is
    inside the element of that key; what stands in a text of JSON is at `RedrivePolicy{}.deadLetterTargetArn`. `keys`
    and `buckets` say what each is for. `targets` name what the consumer works on that has a key of its own, `worker` a
    function whose role does the work where `role` names none. There is
    such a consumer only where `given` is given, or one of several that commas divide; where the flag `enabled` is true;
    and where what stands at each path of `where` is that word, which an asterisk marks as the default. `each` is a list
    whose elements are a consumer each: the paths but `name` and those three stand inside the element, those of `where`
    and `given` as `[].Name`, and none that begins with a slash. `source` is what
    the service gives KMS as the `aws:SourceArn` of this consumer: a template of properties, and of the resource's own
    attributes (`{own:Arn}`). `region` says in which Region the consumer is, where that need not be the resource's.
    """

    keys: Mapping[str, For] = MappingProxyType({})
    role: str = ""
    buckets: Mapping[str, For] = MappingProxyType({})
    name: str = ""
    group: str = ""
    targets: tuple[str, ...] = ()
    given: str = ""
    enabled: str = ""
    where: Mapping[str, str] = MappingProxyType({})
    each: str = ""
    source: str = ""
    worker: str = ""
    region: str = ""


class Kind(NamedTuple):
    """A kind of consumer, in the words of a message, and its forms by type.

    A type is CloudFormation's (`AWS::SQS::Queue`, which stands for hashicorp/awscc's too), Terraform's
    (`aws_sqs_queue`), or an action of a Step Functions SDK integration (`sqs:createQueue`). `store` tells the two
    stores of a feature group apart. `created_by` is the IAM action that creates it. `any_region` says that its key need
    not be of its own Region.
    """

    words: str
    forms: Mapping[str, Form]
    store: str = ""
    created_by: str = ""
    any_region: bool = False


class Target(NamedTuple):
    """What consumers work on, in the words of a message: where its own key stands, and the group that it belongs to.

    The key counts only where what stands at each path of `where` is that word. `default` is the AWS managed key that
    encrypts it where it names none: empty where KMS then has nothing to do with it, such as for a topic, which is not
    encrypted, and for a queue, which SQS encrypts by itself. `role` names the role of what does work for consumers.
    `unless` are other words for it where what stands at a path is a word, or can be.
    """

    words: str
    key: str = ""
    group: str = ""
    where: Mapping[str, str] = MappingProxyType({})
    default: str = ""
    role: str = ""
    unless: tuple[tuple[str, str, str], ...] = ()


class By(Enum):
    """Who makes a call to KMS."""

    SERVICE = "a service principal"
    ROLE = "the role that the consumer names"
    CREATOR = "the principal that creates the consumer"
    CALLER = "an identity that may do the actions of the data plane"
    LINKED_ROLE = "a service-linked role"


class Routes(Enum):
    """By which routes a need can be met."""

    KEY_POLICY = "the key policy"
    KEY_POLICY_OR_GRANT = "the key policy or a grant"
    ANY = "any route"
    BOTH = "the key policy and the IAM policies"
    DELEGATED_OR_OWN = "delegation to the account, or the IAM policies"


class On(Enum):
    """Which keys a call is about."""

    OWN = "the keys that the consumer names"
    TARGET = "the keys of what the consumer names"
    BUCKET = "the keys that encrypt, by default, the buckets that the consumer names"


class Via(NamedTuple):
    """How a call reaches KMS, and what its request context is known to hold beside.

    By itself; `through` a service, whose name `kms:ViaService` then has; or, `perhaps`, either: nobody says which.
    `facts` are context keys with their value, a template (`templates`) in which `{source}` is what the consumer's form
    says, and `{target}` the ARN of what it works on; `absent` are those that it has not. What is in neither is not
    documented, and unknown. `bare` are actions that are called without an encryption context. `unsaid`: nobody says
    that `kms:ViaService` has the name of the service that it comes through. `never` are keys that are absent, or have
    this value. `beside_key`: it is made in the Region of the key, which need not be the consumer's.
    """

    through: str = ""
    perhaps: bool = False
    unsaid: bool = False
    beside_key: bool = False
    facts: tuple[tuple[str, str], ...] = ()
    absent: tuple[str, ...] = ()
    never: tuple[tuple[str, str], ...] = ()
    bare: tuple[str, ...] = ()


class Documented(NamedTuple):
    """What AWS's page asks for, be it more than is needed: where the help of a broken need leads.

    `key` are actions that the key policy should give itself, `own` those that the principal's own policies should.
    `either`: its own policies will do where the key policy delegates to the account.
    """

    key: tuple[str, ...]
    own: tuple[str, ...] = ()
    either: bool = False


class Failure(Enum):
    """When a need that is not met is noticed."""

    AT_DEPLOYMENT = "at deployment"
    AT_RUN_TIME = "at run time"
    SILENT = "silent"


DIRECT: Final = Via()


class Call(NamedTuple):
    """Actions that somebody needs on the keys of some kinds of consumers.

    `kinds` and `purposes` narrow it to some of the consumers and parameters, all where they are empty. `principal` is
    the name of the service principal, a template (`logs.{region}.amazonaws.com`), or the ARN of a service-linked role;
    `likewise` are names of which nobody says whether they serve as well.
    `targets` narrow it to some of what the consumer works on, by their words; `without_role` to consumers that name no
    role. `beyond` is a call with which all works: then this one is what AWS asks for besides. `in_key_policy` are
    actions that AWS's page asks for there, though they work by delegation; `listed` those that it has and its example
    has not. `contested` are actions without which AWS publishes a policy of its own where the call `instead` has them.
    `bucket_key`: it is made only where a bucket of the consumer, of these purposes, has an S3 Bucket Key. `at_role`:
    the verdict is about the parameter that names the role, for several roles use one key. `of_managed` is how grave an
    AWS managed key is, which no service principal can use, where AWS does not say that of this one.
    `doing` are the IAM actions that this is a part of, on `targets`, by their words: whoever may do one of them makes
    the call (By.CALLER), and so does the role of consumers of `kinds`. `lost` is what does not come about where it
    fails, `failure` when that is noticed, and `told` are AWS's own words for that.
    """

    by: By
    actions: tuple[str, ...]
    via: Via = DIRECT
    principal: str = ""
    likewise: tuple[str, ...] = ()
    routes: Routes = Routes.ANY
    level: Literal["error", "warning"] = "error"
    on: On = On.OWN
    kinds: tuple[str, ...] = ()
    purposes: tuple[For, ...] = ()
    targets: tuple[str, ...] = ()
    without_role: bool = False
    documented: Documented | None = None
    beyond: Call | None = None
    in_key_policy: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    contested: tuple[str, ...] = ()
    instead: Call | None = None
    bucket_key: bool = False
    at_role: bool = False
    of_managed: Literal["error", "warning"] | None = None
    failure: Failure | None = None
    doing: tuple[str, ...] = ()
    lost: str = ""
    told: str = ""
    sources: tuple[str, ...] = ()

    @property
    def noticed(self) -> Failure | None:
        """When it is noticed that it fails: at run time, where the page says what is lost and not when."""
        return self.failure or (Failure.AT_RUN_TIME if self.lost else None)


class Objects(NamedTuple):
    """Actions that a service principal, and the role of some kinds of consumers, need on the buckets that these name.

    `purposes` say which of them, by what they are for.
    """

    principal: str
    actions: tuple[str, ...]
    kinds: tuple[str, ...]
    purposes: tuple[For, ...]


class Trust(NamedTuple):
    """A service that assumes the role of some kinds of consumers, and what its request is known to hold (templates)."""

    principal: str
    kinds: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()


class Page(NamedTuple):
    """One service.

    `words` are what a source that has to do with the service holds, in lower case: one of them in every type of a form.
    `common` says that they are in most sources: then a source is looked at only where it speaks of KMS, too.
    `exports` are the attributes of its types as templates: in CloudFormation `Ref` is one of them, which is `id` in
    hashicorp/awscc. `stand_in` is the kind that a role stands for which the service can assume and nothing in the
    source names: no template has the consumers themselves. `only_arn` says that the service takes a key by its ARN
    alone. `managed` are the AWS managed keys that it can be given as well.
    """

    name: str
    title: str
    words: tuple[str, ...]
    kinds: tuple[Kind, ...]
    calls: tuple[Call, ...] = ()
    trust: Trust | None = None
    targets: Mapping[str, Target] = MappingProxyType({})
    exports: Mapping[str, Mapping[str, str]] = MappingProxyType({})
    stand_in: str = ""
    only_arn: bool = False
    managed: tuple[str, ...] = ()
    common: bool = False
