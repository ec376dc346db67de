"""What Terraform's values have beyond `keyfit.value`: why one is unknown, its types, conversion, comparison."""
