"""Tests of what is read out of Step Functions definitions."""
