"""What was said, verbatim and append-only, before anyone interprets it; and who owns the conversation."""
