"""Facts about services that AWS publishes as prose, kept by hand."""
