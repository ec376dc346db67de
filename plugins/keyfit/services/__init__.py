"""What AWS documents of each service whose consumers keyfit knows."""
