"""Expressions and templates to values."""
