"""Tests of the rules and of how they are asked."""
