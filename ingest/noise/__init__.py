"""Noise of text copied from document-sharing sites, one module a kind. Start at cleaning.py."""
