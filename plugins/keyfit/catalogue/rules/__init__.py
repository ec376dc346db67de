"""The rules, one module each. A module has NUMBER, LEVEL, SOURCES, a docstring and `check(stack, options)`."""
