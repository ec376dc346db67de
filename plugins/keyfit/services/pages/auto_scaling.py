"""Auto Scaling groups, whose service-linked role makes the volumes of their launch template (D10-D14, E6)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, Failure, Form, Kind, On, Page, Routes, Target, Via

ROLE: Final = (
    "arn:{partition}:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
)
ACTIONS: Final = (  # D10, D11
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:DescribeKey",
    "kms:CreateGrant",
)
TEMPLATE: Final = "volume of launch template"
_MIXED: Final = "MixedInstancesPolicy.LaunchTemplate"
_AWS_MIXED: Final = "mixed_instances_policy.launch_template"

GROUP: Final = Kind(
    "Auto Scaling group",
    {
        "AWS::AutoScaling::AutoScalingGroup": Form(
            role="ServiceLinkedRoleARN",
            targets=tuple(
                f"{path}.{name}"
                for path in (
                    "LaunchTemplate",
                    f"{_MIXED}.LaunchTemplateSpecification",
                    f"{_MIXED}.Overrides[].LaunchTemplateSpecification",
                )
                for name in ("LaunchTemplateId", "LaunchTemplateName")
            ),
            name="AutoScalingGroupName",
        ),
        "aws_autoscaling_group": Form(
            role="service_linked_role_arn",
            targets=(
                "launch_template.id",
                "launch_template.name",
                *(
                    f"{path}.launch_template_{name}"
                    for path in (
                        f"{_AWS_MIXED}.launch_template_specification",
                        f"{_AWS_MIXED}.override[].launch_template_specification",
                    )
                    for name in ("id", "name")
                ),
            ),
            name="name",
        ),
    },
)
NODES: Final = Kind(
    "EKS node group",
    {
        "AWS::EKS::Nodegroup": Form(targets=("LaunchTemplate.Id", "LaunchTemplate.Name"), name="NodegroupName"),
        "aws_eks_node_group": Form(targets=("launch_template.id", "launch_template.name"), name="node_group_name"),
    },
)
_BY_GROUP: Final = (
    Call(
        By.LINKED_ROLE,
        ACTIONS,
        Via("ec2", unsaid=True, facts=(("kms:GrantIsForAWSResource", "true"),)),  # D11, D13
        principal=ROLE,
        routes=Routes.KEY_POLICY_OR_GRANT,  # D12
        on=On.TARGET,
        targets=(TEMPLATE,),
        failure=Failure.AT_RUN_TIME,
        kinds=(GROUP.words,),
        lost="the scaling activity fails and no instance comes",
        told="Client.InternalError: Client error on launch",
    ),
)
ACCESS: Final = (
    *_BY_GROUP,
    # E6: a node group is such a group; of its key AWS's page says nothing.
    *(each._replace(kinds=(NODES.words,), level="warning", lost="no node comes") for each in _BY_GROUP),
)

PAGE: Final = Page(
    name="auto-scaling",
    title="Auto Scaling",
    words=(
        "::autoscaling::autoscalinggroup",
        "_autoscaling_group",
        "_auto_scaling_group",
        "::eks::nodegroup",
        "_eks_node",
        "launchtemplate",
        "launch_template",
    ),
    kinds=(GROUP, NODES),
    calls=ACCESS,
    targets={
        "AWS::EC2::LaunchTemplate": Target(TEMPLATE, key="LaunchTemplateData.BlockDeviceMappings[].Ebs.KmsKeyId"),
        "aws_launch_template": Target(TEMPLATE, key="block_device_mappings[].ebs.kms_key_id"),
    },
    exports={
        "AWS::EC2::LaunchTemplate": {
            "Ref": "{made:launch_template_id}",
            "LaunchTemplateId": "{made:launch_template_id}",
            "LaunchTemplateName": "{LaunchTemplateName}",
        },
        "aws_launch_template": {"id": "{made:launch_template_id}", "name": "{name}"},
    },
    managed=("alias/aws/ebs",),
    common=True,
)
