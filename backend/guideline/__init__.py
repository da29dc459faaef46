"""The guideline as values and pure functions.

Everything the house may, must and must not do is decided here from plain values and a given time, and every answer
carries the clause it comes from. Nothing here reads a clock, an environment, a database or a log; only
``rulebook.py`` opens files.

    rulebook   load(version) -> Rulebook, frozen and validated; versions()
    calendar   working days and trading days
    deadlines  clocks(events) -> dates, each with its clause and the reason in words
    stages     which step leads where
    duties     who may do what, and why not
    categories, triggers   the reader's numbers -> a verdict
    routing    which unit works on it, who is told, when a person is there, who asked for one
    wording    what must not be said to a customer
    numbers    the complaint number and its check digit
"""
