"""Every decision about the keys of a stack: who can be asked about which of them, and what the engine answers."""
