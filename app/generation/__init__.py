"""Answers that a language model writes from passages, and code checks claim by claim."""
