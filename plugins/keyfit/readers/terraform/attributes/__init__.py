"""What attributes of resources and data sources are, as far as the source tells."""
