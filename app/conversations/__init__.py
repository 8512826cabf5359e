"""Conversations and feedback: kept, listed, exported, and read back from an export."""
