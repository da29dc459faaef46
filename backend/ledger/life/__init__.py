"""The working life of a complaint between its acceptance and the archive; only ``ledger.service`` opens this room."""
