"""The policy engine: judge a statement, decide one policy, authorize a request by all of KMS's routes."""
