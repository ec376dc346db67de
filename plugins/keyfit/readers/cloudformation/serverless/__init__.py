"""What the transform `AWS::Serverless-2016-10-31` (SAM) makes of a template, as far as keys go."""

from keyfit.readers.cloudformation.serverless.expansion import expanded

__all__ = ["expanded"]
