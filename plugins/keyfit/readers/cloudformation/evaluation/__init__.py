"""What is written in a template, as one deployment of it has it."""
