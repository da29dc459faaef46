"""Where customers speak: the turn (conversation), the way out (outgoing), and one folder per channel."""
