"""The bot's hands: what a decision of Rasa needs from the backend, and the one place where slots are filled.

Thin on purpose: actions return names of responses, never sentences; ``backend_client`` alone speaks HTTP;
nothing here imports the backend.
"""
