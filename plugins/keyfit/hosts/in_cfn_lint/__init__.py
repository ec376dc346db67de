"""keyfit inside cfn-lint."""
