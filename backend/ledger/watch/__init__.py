"""The watch over complaints: nobody has to remember a date or a call.

models, store   what was raised, who was paged, what was reported outside; the queries
roster          who can be reached where
clocks          a clock comes near, lapses, is taken further: each fired once
pages           an immediate report calls the roster until somebody confirms
authorities     the record of a report to the police or the regulator
views           all of it about one complaint, as one person may see it
"""
