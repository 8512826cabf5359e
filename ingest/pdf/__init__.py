"""PDF: pages -> characters -> lines -> tables and paragraphs -> Draft. Start at reader.py."""
