"""The three places where users meet keyfit; each translates, none knows another."""
