"""Statements, grants, routes and decisions in words."""
