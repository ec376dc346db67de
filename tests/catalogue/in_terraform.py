"""The example templates in Terraform: the same keys, roles and consumers as a `.tf.json` file."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from keyfit.readers import terraform
from keyfit.readers.given import Given
from keyfit.verify import Result, check

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from keyfit.model.findings import Finding

Block = dict[str, Any]

_TYPES: Final = {
    "AWS::KMS::Key": "aws_kms_key",
    "AWS::IAM::Policy": "aws_iam_role_policy",
    "AWS::IAM::Role": "aws_iam_role",
    "AWS::Personalize::DatasetGroup": "awscc_personalize_dataset_group",
    "AWS::SageMaker::FeatureGroup": "awscc_sagemaker_feature_group",
    "AWS::StepFunctions::StateMachine": "aws_sfn_state_machine",
}
_ACCOUNT: Final = "${data.aws_caller_identity.current.account_id}"
_ADDRESS: Final = re.compile(rf"(?:{'|'.join(_TYPES.values())})\.(\w+)")


def configuration(template: Mapping[str, Any]) -> Block:
    """The configuration that says what `template` says."""
    resources: Block = {}
    for name, block in template["Resources"].items():
        kind = _TYPES[block["Type"]]
        resources.setdefault(kind, {})[name] = _MAKERS[kind](name, block["Properties"], resources, template)
    return {"data": {"aws_caller_identity": {"current": {}}}, "resource": resources}


def verdicts(template: Mapping[str, Any], folder: Path, region: str | None = None) -> Result:
    """Every verdict about the configuration, its addresses as the template has them."""
    folder.mkdir(exist_ok=True)
    (folder / "main.tf.json").write_text(json.dumps(configuration(template)), encoding="utf-8")
    result = check(terraform.read(folder, Given(folder, region=region)))
    return replace(result, findings=tuple(map(_plain, result.findings)))


def _plain(found: Finding) -> Finding:
    """The finding with logical ids in the place of addresses."""
    return replace(found, resource=_ADDRESS.sub(r"\1", found.resource), message=_ADDRESS.sub(r"\1", found.message))


def _value(value: Any, template: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """A value with its intrinsics as interpolations."""
    match value:
        case {"Fn::GetAtt": [name, "Arn"]}:
            return f"${{{_TYPES[template['Resources'][name]['Type']]}.{name}.arn}}"
        case {"Fn::Sub": str() as written}:
            return written.replace("${AWS::AccountId}", _ACCOUNT)
        case dict():
            return {name: _value(inner, template) for name, inner in value.items()}
        case list():
            return [_value(inner, template) for inner in value]
        case _:
            return value


def _text(value: Any, template: Mapping[str, Any]) -> str:  # noqa: ANN401 - JSON
    return json.dumps(_value(value, template))


def _key(_name: str, properties: Block, _resources: Block, template: Mapping[str, Any]) -> Block:
    return {"policy": _text(properties["KeyPolicy"], template)}


def _role(name: str, properties: Block, resources: Block, template: Mapping[str, Any]) -> Block:
    for number, policy in enumerate(properties.get("Policies", ())):
        document = _text(policy["PolicyDocument"], template)
        role = f"${{aws_iam_role.{name}.id}}"
        resources.setdefault("aws_iam_role_policy", {})[f"{name}_{number}"] = {"role": role, "policy": document}
    return {"assume_role_policy": _text(properties["AssumeRolePolicyDocument"], template)}


def _policy(_name: str, properties: Block, _resources: Block, template: Mapping[str, Any]) -> Block:
    role = properties["Roles"][0]["Ref"]
    return {"role": f"${{aws_iam_role.{role}.id}}", "policy": _text(properties["PolicyDocument"], template)}


def _consumer(_name: str, properties: Block, _resources: Block, template: Mapping[str, Any]) -> Block:
    snake: Block = _snake(_value(properties, template))
    return snake


def _snake(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Names in snake case, throughout, as the awscc provider has them (A1)."""
    match value:
        case dict():
            return {re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower(): _snake(each) for name, each in value.items()}
        case list():
            return [_snake(each) for each in value]
        case _:
            return value


def _machine(_name: str, properties: Block, _resources: Block, template: Mapping[str, Any]) -> Block:
    definition = _text(properties["Definition"], template)
    return {"role_arn": _value(properties["RoleArn"], template), "definition": definition}


_MAKERS: Final = {
    "aws_kms_key": _key,
    "aws_iam_role": _role,
    "aws_iam_role_policy": _policy,
    "awscc_personalize_dataset_group": _consumer,
    "awscc_sagemaker_feature_group": _consumer,
    "aws_sfn_state_machine": _machine,
}
