"""Who did what when, and the proof that nobody changed it afterwards: append-only, hash-chained, verifiable."""
