"""The reader: a question and passages in, answer spans and probabilities out."""
