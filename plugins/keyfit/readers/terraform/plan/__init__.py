"""What `terraform show -json` says of a plan."""
