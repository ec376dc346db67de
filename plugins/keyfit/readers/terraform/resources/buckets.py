"""S3 buckets with their default encryption, and their policies, in each of the ways they are written (T18, R15)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.answer import all_of
from keyfit.model.consumers import Bucket
from keyfit.model.policies import Policy, PolicyKind
from keyfit.readers.belonging import of_each
from keyfit.readers.terraform.modules.expansion import resources
from keyfit.readers.terraform.modules.imports import is_imported
from keyfit.readers.terraform.modules.instances import argument, inside, setting, there
from keyfit.readers.terraform.modules.places import place_of
from keyfit.readers.terraform.resources.documents import document
from keyfit.readers.terraform.resources.names import as_hole, is_named, suffix
from keyfit.readers.terraform.values.unknowns import of_holes
from keyfit.truth import Truth
from keyfit.value import Text, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from keyfit.answer import Answer
    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.readers.terraform.modules.module import Module
    from keyfit.value import Value

    _Named = tuple[Instance, Answer]  # a block, and whether it names the bucket

_SEPARATE: Final = "aws_s3_bucket_server_side_encryption_configuration"
TYPES: Final = ("aws_s3_bucket", "awscc_s3_bucket")
_POLICIES: Final = {"aws_s3_bucket_policy": "policy", "awscc_s3_bucket_policy": "policy_document"}
_RULE: Final = ("rule", "apply_server_side_encryption_by_default")
_CC_RULE: Final = ("bucket_encryption", "server_side_encryption_configuration")


def name(instance: Instance) -> Text:
    """The name of a bucket."""
    if instance.type == "awscc_s3_bucket":
        written = argument(instance, "bucket_name")
        return text(suffix(instance)) if written is None else as_hole(written, instance, "bucket_name")
    written = argument(instance, "bucket")
    if written is not None:
        return as_hole(written, instance, "bucket")
    wanted = argument(instance, "bucket_prefix")
    return text("terraform-" if wanted is None else as_hole(wanted, instance, "bucket_prefix"), suffix(instance))


def arn(instance: Instance) -> Text:
    """The ARN of a bucket."""
    return text("arn:", place_of(instance).partition, ":s3:::", name(instance))


_COMMON: Final[Mapping[str, Callable[[Instance], Value]]] = {"id": name, "arn": arn}
EXPORTS: Final[Mapping[str, Mapping[str, Callable[[Instance], Value]]]] = {
    "aws_s3_bucket": {**_COMMON, "bucket": name, "region": lambda instance: place_of(instance).region},
    "awscc_s3_bucket": {**_COMMON, "bucket_name": name},
    _SEPARATE: {"id": lambda instance: as_hole(argument(instance, "bucket"), instance, "bucket")},
}


def read_buckets(root: Module, *, policies: bool = False) -> Iterator[Bucket]:
    """Every bucket, with its policies if they are wanted."""
    made = list(resources(root, *TYPES))
    encryption = _of_each(list(resources(root, _SEPARATE)), made)
    attached = _of_each(list(resources(root, *_POLICIES)) if policies else [], made)
    for instance, separate, named in zip(made, encryption, attached, strict=True):
        bucket = _bucket(instance, separate)
        yield replace(bucket, policies=tuple(_policies(instance, named))) if policies else bucket


def _of_each(attached: list[Instance], buckets: list[Instance]) -> list[list[_Named]]:
    """The blocks that name each of the buckets, or may."""
    names = {id(each): name(each) for each in buckets}
    return of_each(
        attached,
        buckets,
        lambda each, bucket: is_named(argument(each, "bucket") or text(), names[id(bucket)]),
        (lambda each: each.present, lambda bucket: bucket.present),
    )


def _bucket(instance: Instance, separate: list[_Named]) -> Bucket:
    algorithm, key, bucket_key = _encryption(instance, separate)
    place = place_of(instance)
    return Bucket(
        instance.block, name(instance), arn(instance), algorithm, key, bucket_key, place.region, place.account
    )


def _policies(instance: Instance, attached: list[_Named]) -> Iterator[Policy]:
    """The bucket policies that name the bucket, or may, and that of its own block."""
    for each, named in attached:
        present = all_of((each.present, named))
        if present.truth is not Truth.NO:
            yield _policy(each, argument(each, _POLICIES[each.type]), present)
    own = argument(instance, "policy") if instance.type == "aws_s3_bucket" else None
    if own is not None and own != text():
        yield _policy(instance, own, instance.present)


def _policy(instance: Instance, written: Value | None, present: Answer) -> Policy:
    origin = written.origin if written is not None else instance.origin
    made = document(written, instance)
    return Policy(PolicyKind.BUCKET, made, instance.address, origin=origin, present=present)


def _encryption(instance: Instance, separate: list[_Named]) -> tuple[Value | None, Value | None, Value | None]:
    """The algorithm, key and Bucket Key of the default encryption: a separate block's, else the bucket's own."""
    for each, answer in separate:
        if answer.truth is Truth.YES and each.present.truth is Truth.YES:
            return (
                setting(each, *_RULE, "sse_algorithm"),
                setting(each, *_RULE, "kms_master_key_id"),
                setting(each, "rule", "bucket_key_enabled"),
            )
    if separate:
        holes = [hole for each, answer in separate for hole in (*answer.holes, *each.present.holes)]
        unknown = of_holes(holes, separate[0][0].origin)
        return unknown, unknown, unknown
    own = _own(instance)
    if own == (None, None, None) and is_imported(instance) and instance.planned is None:
        before = there(instance, "default encryption", "which is imported, and none is given")
        return before, before, before
    return own


def _own(instance: Instance) -> tuple[Value | None, Value | None, Value | None]:
    if instance.type == "awscc_s3_bucket":
        rule = setting(instance, *_CC_RULE)
        default = inside(rule, "server_side_encryption_by_default")
        return (
            inside(default, "sse_algorithm"),
            inside(default, "kms_master_key_id"),
            inside(rule, "bucket_key_enabled"),
        )
    rule = setting(instance, "server_side_encryption_configuration", "rule")
    default = inside(rule, "apply_server_side_encryption_by_default")
    return inside(default, "sse_algorithm"), inside(default, "kms_master_key_id"), inside(rule, "bucket_key_enabled")
