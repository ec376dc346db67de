"""CloudFormation: template text, or a host's decoded template, to `model.Stack`."""

from keyfit.readers.cloudformation.stack import read, read_value
from keyfit.readers.cloudformation.template.loading import looks_like_template

__all__ = ["looks_like_template", "read", "read_value"]
