"""What every page stands on: the templates' environment, headers, and the pinned front-end assets."""
