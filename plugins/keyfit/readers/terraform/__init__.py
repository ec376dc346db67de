"""The Terraform reader: a symbolic evaluator of HCL that keeps what it cannot know."""
