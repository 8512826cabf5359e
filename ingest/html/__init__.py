"""HTML: bytes -> decoded page -> kept characters with their places -> Draft. See reader.py."""
