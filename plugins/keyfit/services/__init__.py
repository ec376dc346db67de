"""What AWS documents of each service whose consumers keyfit knows: `pages`, and what is made of them."""
