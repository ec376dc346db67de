"""What AWS publishes: ARNs, the actions of KMS, managed policies, `kms:ViaService` names."""
