"""The checks for Checkov: `checkov --external-checks-dir` reads a folder only if it is a package."""
