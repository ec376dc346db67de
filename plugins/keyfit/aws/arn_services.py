"""The service in the ARN of a resource, by the type that CloudFormation or Terraform calls it.

Each row is from the page of the service in the Service Authorization Reference, "Resource types". A type that is not
here has an ARN of which nothing is known.
"""

from __future__ import annotations

from typing import Final

# The service; what follows `AWS::` in CloudFormation; what follows `aws_` in Terraform, as it begins.
_ROWS: Final = """
acm CertificateManager acm_
athena Athena athena_
backup Backup backup_
cloudtrail CloudTrail cloudtrail
codebuild CodeBuild codebuild_
codecommit CodeCommit codecommit_
codepipeline CodePipeline codepipeline
dynamodb DynamoDB dynamodb_
ec2 EC2 ebs_,instance,security_group,subnet,vpc
ecr ECR ecr_
ecs ECS ecs_
eks EKS eks_
elasticfilesystem EFS efs_
es OpenSearchService,Elasticsearch opensearch_domain,elasticsearch_domain
events Events cloudwatch_event_
firehose KinesisFirehose kinesis_firehose_
glue Glue glue_
iam IAM iam_
kinesis Kinesis kinesis_stream
lambda Lambda lambda_
logs Logs cloudwatch_log_
rds RDS db_,rds_
redshift Redshift redshift_cluster
s3 S3 s3_
sagemaker SageMaker sagemaker_
secretsmanager SecretsManager secretsmanager_
sns SNS sns_
sqs SQS sqs_
ssm SSM ssm_
states StepFunctions sfn_
"""
_SPLIT: Final = [row.split() for row in _ROWS.strip().splitlines()]
_BY_NAMESPACE: Final = {name: service for service, names, _ in _SPLIT for name in names.split(",")}
_BY_PREFIX: Final = {f"aws_{start}": service for service, _, starts in _SPLIT for start in starts.split(",")}


def service_of(type_: str) -> str | None:
    """The service in the ARNs of a resource type; `None` where it is not known."""
    if type_.startswith("AWS::"):
        return _BY_NAMESPACE.get(type_.split("::")[1])
    return next((service for start, service in _BY_PREFIX.items() if type_.startswith(start)), None)
