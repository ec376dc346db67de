"""What `Ref` and `Fn::GetAtt` really return: a table by resource type, of texts built from the resource's own names."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from keyfit.aws import arn
from keyfit.aws.arn import Place
from keyfit.aws.arn_services import service_of
from keyfit.readers.cloudformation.evaluation.bindings import STACK_NAME
from keyfit.readers.cloudformation.evaluation.scope import REF
from keyfit.readers.cloudformation.resources.properties import find, identified
from keyfit.services import index
from keyfit.services.templates import UNLESS, filled, unless
from keyfit.shape import KEY_ID, NAME, Shape
from keyfit.value import Object, Reference, Text, Unknown, Value, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.readers.cloudformation.template.sections import Resource
    from keyfit.value import Hole

Maker: TypeAlias = "Callable[[Scope, Resource], Value]"

_LONGEST_PART: Final = 24  # of a logical id in a generated name; longer ones are cut where the name would not fit
_LOWER_STACK_NAME: Final = Unknown(
    STACK_NAME.why, STACK_NAME.subject, f"lower {STACK_NAME.identity}", shape=Shape(NAME.characters, 1, 128)
)


def of(scope: Scope, resource: Resource, name: str) -> Value:
    """What attribute `name` of `resource` is, `REF` for what `Ref` returns; unknown where the table has nothing."""
    if resource.type == _READER and name != REF:
        return _read_there(scope, resource, name)
    maker = _TABLE.get(resource.type, {}).get(name)
    if maker is not None:
        return maker(scope, resource)
    template = (_TEMPLATES.get(resource.type) or index.exports().get(resource.type, {})).get(name)
    made = None if template is None else filled(template, partial(_part, scope, resource))
    if made is not None:
        return made
    told = resource.address if name == REF else f"{resource.address}.{name}"
    unknown = Unknown(Why.NO_SUCH_ATTRIBUTE, told, f"{resource.address}.{name}")
    service = service_of(resource.type) if name == "Arn" else None
    return unknown if service is None else text("arn:", scope.bound.partition, f":{service}:", unknown)


_READER: Final = "Custom::CrossRegionExportReader"


def _read_there(scope: Scope, resource: Resource, name: str) -> Value:
    """What the function of the CDK has read for another stack's value: an attribute by the parameter's name."""
    imports = find(scope, resource, "ReaderProps.imports")
    found = imports.find(name) if isinstance(imports, Object) else None
    return found or Unknown(Why.NO_SUCH_ATTRIBUTE, f"{resource.address}.{name}", f"{resource.address}.{name}")


def _part(scope: Scope, resource: Resource, name: str, words: str) -> Hole | Text | None:
    """What a template has by that name: of the deployment, made up by AWS, or a property of the resource."""
    if name == UNLESS:
        return unless(words, partial(find, scope, resource))
    if name in _PLACE:
        place_: Text = getattr(place(scope), name)
        return place_
    if name == "made":
        return Reference(resource.address, words, NAME)
    given = find(scope, resource, name)
    if given is None:
        return Reference(resource.address, "name", NAME)
    return identified(given, f"{resource.address}.{name}")


def place(scope: Scope) -> Place:
    """Where the deployment's own resources live."""
    return Place(scope.bound.partition, scope.bound.region, scope.bound.account)


def generated(address: str, stack: Text | Unknown, shown: str | None = None) -> Text:
    """The name that CloudFormation makes up: `<stack>-<logical id>-<random>`, the logical id perhaps cut to fit."""
    middle = address if shown is None else shown
    cut = middle[:_LONGEST_PART] + ("-" if len(middle) <= _LONGEST_PART else "")
    return text(stack, "-", cut, Reference(address, "name_suffix", NAME))


def _named(scope: Scope, resource: Resource, name: str) -> Text:
    """The name that a property gives, or a generated one."""
    given = find(scope, resource, name)
    return (
        generated(resource.address, scope.bound.stack)
        if given is None
        else identified(given, f"{resource.address}.{name}")
    )


# --- names and ARNs by type --------------------------------------------------------------------------------


def key_id(_scope: Scope, resource: Resource) -> Text:
    """The id that KMS gives a key: what `Ref` returns, not the ARN."""
    return text(Reference(resource.address, "key_id", KEY_ID))


def replica_id(scope: Scope, resource: Resource) -> Text:
    """The id of a replica key: that of its primary (K83)."""
    primary = find(scope, resource, "PrimaryKeyArn")
    fields = arn.split(primary) if isinstance(primary, Text) else None
    if fields is None or not fields.resource.prefix.startswith("key/"):
        return key_id(scope, resource)
    first, *others = fields.resource.parts
    return text(str(first).removeprefix("key/"), *others)


def bucket_name(scope: Scope, resource: Resource) -> Text:
    """A bucket's name; a generated one is lower case."""
    given = find(scope, resource, "BucketName")
    if given is not None:
        return identified(given, f"{resource.address}.BucketName")
    prefix = find(scope, resource, "BucketNamePrefix")
    if prefix is not None:
        known = identified(prefix, f"{resource.address}.BucketNamePrefix")
        return text(known, Reference(resource.address, "name_suffix", NAME))
    name = scope.bound.stack.literal
    return generated(resource.address, text(name.lower()) if name else _LOWER_STACK_NAME, resource.address.lower())


def name_of(property_name: str) -> Callable[[Scope, Resource], Text]:
    """The name that `property_name` gives, or a generated one."""
    return lambda scope, resource: _named(scope, resource, property_name)


def iam_arn(kind: str, property_name: str) -> Callable[[Scope, Resource], Text]:
    """`arn:<partition>:iam::<account>:<kind><path><name>`."""

    def made(scope: Scope, resource: Resource) -> Text:
        given = find(scope, resource, "Path")
        path = text("/") if given is None else identified(given, f"{resource.address}.Path")
        start = ("arn:", scope.bound.partition, ":iam::", scope.bound.account, ":")
        return text(*start, kind, path, _named(scope, resource, property_name))

    return made


def _key_arn(identifier: Callable[[Scope, Resource], Text]) -> Maker:
    return lambda scope, resource: arn.key(identifier(scope, resource), place(scope))


def _unique_id(_scope: Scope, resource: Resource) -> Text:
    return text(Reference(resource.address, "unique_id", NAME))


def _property(name: str) -> Maker:
    return lambda scope, resource: (
        find(scope, resource, name)
        or Unknown(Why.NO_SUCH_ATTRIBUTE, f"{resource.address}.{name}", f"{resource.address}.{name}")
    )


_ROLE: Final = iam_arn("role", "RoleName")
policy_arn: Final = iam_arn("policy", "ManagedPolicyName")

_PLACE: Final = ("partition", "region", "account")
_TEMPLATES: Final[Mapping[str, Mapping[str, str]]] = {  # of types that no service's page speaks of
    "AWS::StepFunctions::StateMachine": dict.fromkeys(
        (REF, "Arn"), "arn:{partition}:states:{region}:{account}:stateMachine:{StateMachineName}"
    ),
    "AWS::Serverless::StateMachine": dict.fromkeys(
        (REF, "Arn"), "arn:{partition}:states:{region}:{account}:stateMachine:{Name}"
    ),
}
_TABLE: Final[Mapping[str, Mapping[str, Maker]]] = {
    "AWS::KMS::Key": {REF: key_id, "KeyId": key_id, "Arn": _key_arn(key_id)},
    "AWS::KMS::ReplicaKey": {REF: replica_id, "KeyId": replica_id, "Arn": _key_arn(replica_id)},
    "AWS::KMS::Alias": {REF: _property("AliasName")},
    "AWS::IAM::Role": {REF: name_of("RoleName"), "Arn": _ROLE, "RoleId": _unique_id},
    "AWS::IAM::User": {REF: name_of("UserName"), "Arn": iam_arn("user", "UserName")},
    "AWS::IAM::Group": {REF: name_of("GroupName"), "Arn": iam_arn("group", "GroupName")},
    "AWS::IAM::ManagedPolicy": {REF: policy_arn, "PolicyArn": policy_arn},
    "AWS::IAM::InstanceProfile": {
        REF: name_of("InstanceProfileName"),
        "Arn": iam_arn("instance-profile", "InstanceProfileName"),
    },
    "AWS::S3::Bucket": {
        REF: bucket_name,
        "Arn": lambda scope, resource: arn.bucket(bucket_name(scope, resource), scope.bound.partition),
    },
    "AWS::SSM::Parameter": {REF: name_of("Name"), "Value": _property("Value")},
}
