"""keyfit proves that KMS keys, IAM roles and the AWS services that use them fit together.

It reads Terraform and CloudFormation source, before anything is deployed, and says of each need of a
consumer on its key whether it holds, is broken, or is unproven.
"""

__version__ = "0.1.0"
