"""Each host through its real command, as a user runs it."""
