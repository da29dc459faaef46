"""Parts of our own inside the Rasa server: tokenizer, spans, phrasing, channel, memory."""
