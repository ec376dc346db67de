"""Readers: source text in, `model.Stack` out. They decide nothing about security."""
