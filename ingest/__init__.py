"""Files become Documents, Documents become Passages."""
