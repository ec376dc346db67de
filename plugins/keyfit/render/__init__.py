"""Findings in, text out: nothing here decides anything."""
