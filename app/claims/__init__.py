"""The gate for generated answers: claims are judged against passages by rules, then read."""
