"""One page a service; a page is found by lying here, as `PAGE` of its module."""
