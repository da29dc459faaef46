"""What a customer's sentence says: its facts, its kind, its category, its dangers, its mood.

`values` is what the house may pass around; `reader.Reader` is the door; `train` and `evaluate` are
for the command line. Importing this package loads nothing: only `reader`, `train` and `compare`
pull in spaCy.
"""
