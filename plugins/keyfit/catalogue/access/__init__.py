"""Who needs what on a key, asked of the engine."""
