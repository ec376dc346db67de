"""Module instances, and what their names stand for."""
