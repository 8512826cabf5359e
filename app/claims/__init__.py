"""The gate for generated answers: every claim is judged against the passages, by code alone."""
