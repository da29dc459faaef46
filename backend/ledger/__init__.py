"""The ledger: complaints, their clocks, stages and tasks, and the only verbs that change them."""
