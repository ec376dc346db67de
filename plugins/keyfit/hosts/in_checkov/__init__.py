"""keyfit inside Checkov."""
