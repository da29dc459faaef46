"""What Rasa needs to decide what to say next: domain, dialogue and graph components."""
