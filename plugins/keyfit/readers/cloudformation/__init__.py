"""CloudFormation: template text, or a host's decoded template, to `model.Stack`."""

from keyfit.readers.cloudformation.stack import read, read_loaded, read_value
from keyfit.readers.cloudformation.template.loading import is_template, looks_like_template, parse

__all__ = ["is_template", "looks_like_template", "parse", "read", "read_loaded", "read_value"]
