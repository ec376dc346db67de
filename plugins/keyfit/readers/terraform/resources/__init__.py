"""The resource types that the model speaks of, one module a subject."""
