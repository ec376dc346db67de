"""What AWS publishes about KMS actions and managed policies, as data; made by `make data`."""
