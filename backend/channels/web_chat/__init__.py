"""The web chat: sessions, messages up by POST, events down by SSE."""
