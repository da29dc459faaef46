"""The commands of ``anfu``, one file a topic; ``backend.cli`` imports only the one that was called."""
