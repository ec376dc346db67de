"""What of the findings counts: suppressions in the source, and a baseline of what was there before.

The engine knows nothing of it: findings go in as the scan gives them, and come out marked.
"""
