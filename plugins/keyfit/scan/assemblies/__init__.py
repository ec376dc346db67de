"""Assemblies of the AWS CDK: what `cdk synth` leaves in a folder with a `manifest.json`, as one estate of stacks."""
