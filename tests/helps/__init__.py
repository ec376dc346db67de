"""Tests of helps that are words alone: a person who does what is said mends what is broken."""
