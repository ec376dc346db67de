"""Terraform's text to syntax; it knows nothing of Terraform."""
