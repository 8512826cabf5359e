"""The chat page: a Gradio page, and the pages of originals beside it."""
