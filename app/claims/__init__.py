"""The gate for generated answers: every claim is judged against the passages, by rules and read."""
