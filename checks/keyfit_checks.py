"""Loads keyfit into Checkov, for CloudFormation and Terraform: `checkov --external-checks-dir checks`.

Checkov runs this file by its bare name, many times and in many processes, and drops it without a word where it fails.
So it never raises, and where the engine cannot be loaded it registers `CKV_KEYFIT_000`, which says so of every resource
that keyfit would have judged. It does no engine work and holds no dataclasses.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import sys
from pathlib import Path

from checkov.cloudformation.checks.resource.base_resource_check import BaseResourceCheck as CloudFormationCheck
from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck as TerraformCheck

HOSTS = ("keyfit.hosts.in_checkov.host", "keyfit.hosts.in_checkov.terraform")
# What these register for, repeated: the lists are for the day on which they cannot be imported.
TYPES = (
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::Budgets::Budget",
    "AWS::CloudTrail::EventDataStore",
    "AWS::CloudTrail::Trail",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::CodePipeline::Pipeline",
    "AWS::DMS::EventSubscription",
    "AWS::DynamoDB::GlobalTable",
    "AWS::DynamoDB::Table",
    "AWS::EC2::FlowLog",
    "AWS::EC2::Instance",
    "AWS::EC2::Volume",
    "AWS::ECS::TaskDefinition",
    "AWS::EKS::Cluster",
    "AWS::EKS::Nodegroup",
    "AWS::ElasticLoadBalancing::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::Events::Rule",
    "AWS::IAM::Group",
    "AWS::IAM::GroupPolicy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::User",
    "AWS::IAM::UserPolicy",
    "AWS::KMS::Alias",
    "AWS::KMS::Key",
    "AWS::KMS::ReplicaKey",
    "AWS::KinesisFirehose::DeliveryStream",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::Logs::DeliveryDestination",
    "AWS::Logs::LogGroup",
    "AWS::NetworkFirewall::LoggingConfiguration",
    "AWS::Personalize::Dataset",
    "AWS::Personalize::DatasetGroup",
    "AWS::Personalize::MetricAttribution",
    "AWS::Pipes::Pipe",
    "AWS::RDS::EventSubscription",
    "AWS::Redshift::EventSubscription",
    "AWS::Route53Resolver::ResolverQueryLoggingConfig",
    "AWS::S3::Bucket",
    "AWS::SES::ConfigurationSetEventDestination",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::SageMaker::FeatureGroup",
    "AWS::Scheduler::Schedule",
    "AWS::Serverless::Function",
    "AWS::Serverless::SimpleTable",
    "AWS::Serverless::StateMachine",
    "AWS::StepFunctions::StateMachine",
    "AWS::VpcLattice::AccessLogSubscription",
    "Custom::AWS",
)
TERRAFORM_TYPES = (
    "aws_alb",
    "aws_autoscaling_group",
    "aws_budgets_budget",
    "aws_cloudformation_stack",
    "aws_cloudtrail",
    "aws_cloudtrail_event_data_store",
    "aws_cloudwatch_composite_alarm",
    "aws_cloudwatch_event_target",
    "aws_cloudwatch_log_delivery_destination",
    "aws_cloudwatch_log_group",
    "aws_cloudwatch_metric_alarm",
    "aws_codepipeline",
    "aws_db_event_subscription",
    "aws_dms_event_subscription",
    "aws_dynamodb_table",
    "aws_dynamodb_table_replica",
    "aws_ebs_volume",
    "aws_ecs_task_definition",
    "aws_eks_cluster",
    "aws_eks_node_group",
    "aws_elb",
    "aws_flow_log",
    "aws_iam_group",
    "aws_iam_group_policy",
    "aws_iam_policy",
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_iam_user",
    "aws_iam_user_policy",
    "aws_instance",
    "aws_kinesis_firehose_delivery_stream",
    "aws_kms_alias",
    "aws_kms_external_key",
    "aws_kms_key",
    "aws_kms_key_policy",
    "aws_kms_replica_external_key",
    "aws_kms_replica_key",
    "aws_lambda_event_source_mapping",
    "aws_lambda_function",
    "aws_lambda_function_event_invoke_config",
    "aws_lb",
    "aws_networkfirewall_logging_configuration",
    "aws_pipes_pipe",
    "aws_redshift_event_subscription",
    "aws_route53_resolver_query_log_config",
    "aws_s3_bucket",
    "aws_s3_bucket_logging",
    "aws_s3_bucket_notification",
    "aws_s3_bucket_replication_configuration",
    "aws_sagemaker_feature_group",
    "aws_scheduler_schedule",
    "aws_ses_event_destination",
    "aws_ses_identity_notification_topic",
    "aws_sesv2_configuration_set_event_destination",
    "aws_sfn_state_machine",
    "aws_sns_topic_subscription",
    "aws_vpclattice_access_log_subscription",
    "awscc_autoscaling_auto_scaling_group",
    "awscc_budgets_budget",
    "awscc_cloudtrail_event_data_store",
    "awscc_cloudtrail_trail",
    "awscc_cloudwatch_alarm",
    "awscc_cloudwatch_composite_alarm",
    "awscc_codepipeline_pipeline",
    "awscc_dms_event_subscription",
    "awscc_dynamodb_global_table",
    "awscc_dynamodb_table",
    "awscc_ec2_flow_log",
    "awscc_ec2_instance",
    "awscc_ec2_volume",
    "awscc_ecs_task_definition",
    "awscc_eks_cluster",
    "awscc_eks_nodegroup",
    "awscc_elasticloadbalancing_load_balancer",
    "awscc_elasticloadbalancingv2_load_balancer",
    "awscc_events_rule",
    "awscc_iam_group",
    "awscc_iam_group_policy",
    "awscc_iam_managed_policy",
    "awscc_iam_role",
    "awscc_iam_role_policy",
    "awscc_iam_user",
    "awscc_iam_user_policy",
    "awscc_kinesisfirehose_delivery_stream",
    "awscc_kms_alias",
    "awscc_kms_key",
    "awscc_kms_replica_key",
    "awscc_lambda_event_invoke_config",
    "awscc_lambda_event_source_mapping",
    "awscc_lambda_function",
    "awscc_logs_delivery_destination",
    "awscc_logs_log_group",
    "awscc_networkfirewall_logging_configuration",
    "awscc_personalize_dataset",
    "awscc_personalize_dataset_group",
    "awscc_personalize_metric_attribution",
    "awscc_pipes_pipe",
    "awscc_rds_event_subscription",
    "awscc_redshift_event_subscription",
    "awscc_route53resolver_resolver_query_logging_config",
    "awscc_s3_bucket",
    "awscc_sagemaker_feature_group",
    "awscc_scheduler_schedule",
    "awscc_ses_configuration_set_event_destination",
    "awscc_sns_subscription",
    "awscc_sns_topic",
    "awscc_stepfunctions_state_machine",
    "awscc_vpclattice_access_log_subscription",
)


def home() -> Path | None:
    """The folder that holds the engine this file came with: of a checkout, or of an installed package."""
    here = Path(__file__).resolve().parent
    shipped = here.parent.name == "_shipped"  # keyfit/_shipped/checks
    folder = here.parents[2] if shipped else here.parent / "plugins"
    return folder if (folder / "keyfit" / "__init__.py").is_file() else None


def load_engine() -> None:
    """Put the engine this file came with in its place; without one, any that is installed will do.

    `ImportError` where another one is there already. `sys.path` stays as it is.
    """
    folder = home()
    other = sys.modules.get("keyfit")
    if folder is None:
        importlib.import_module("keyfit")
    elif other is None:
        import_from(folder / "keyfit")
    elif Path(other.__file__ or "").resolve().parent != folder / "keyfit":
        raise ImportError(f"keyfit is already imported from `{other.__file__}`, and this file belongs to `{folder}`")


def import_from(package: Path) -> None:
    """Import the package that lies there, as `keyfit`."""
    spec = importlib.util.spec_from_file_location(
        "keyfit", package / "__init__.py", submodule_search_locations=[str(package)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"`{package}` cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules["keyfit"] = module
    spec.loader.exec_module(module)


def register_missing(reason: str) -> None:
    """Register what fails for every resource that keyfit would have judged, and says why nobody did."""
    for base, types in ((CloudFormationCheck, TYPES), (TerraformCheck, TERRAFORM_TYPES)):
        missing = type("EngineMissing", (base,), {"scan_resource_conf": lambda *_: CheckResult.FAILED})
        missing(
            name=f"keyfit-could-not-check: {reason}",
            id="CKV_KEYFIT_000",
            categories=[CheckCategories.ENCRYPTION],
            supported_resources=types,
        )


def register() -> None:
    """Register keyfit's checks; `CKV_KEYFIT_000` alone where the engine cannot be loaded."""
    try:
        load_engine()
        for host in HOSTS:
            importlib.import_module(host).register()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a loader that fails would be dropped without a word
        reason = " ".join(f"the engine cannot be loaded: {type(error).__name__}: {error}".split())
        logging.getLogger(__name__).error("keyfit: %s", reason)  # noqa: TRY400 - in one line, as in the report
        register_missing(reason)


register()
