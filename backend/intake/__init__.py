"""The draft a conversation builds up, and the one door by which a complaint enters the ledger."""
