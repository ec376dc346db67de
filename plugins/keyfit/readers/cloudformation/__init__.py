"""The CloudFormation reader: YAML and JSON templates, their intrinsics and conditions."""
