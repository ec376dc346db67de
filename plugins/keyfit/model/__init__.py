"""What readers make of source code, what its names stand for, and what is found in it."""
