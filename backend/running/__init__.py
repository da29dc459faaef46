"""Processes of ours: started in groups of their own, watched, and ended with us, however we end."""
