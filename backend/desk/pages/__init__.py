"""One file per page; each gives ``router``."""
