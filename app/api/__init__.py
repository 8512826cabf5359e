"""Interfaces for programs beside the page: OpenAI's chat completions, a small REST, MCP."""
