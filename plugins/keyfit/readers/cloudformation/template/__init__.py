"""A template's text to what is written in it."""
