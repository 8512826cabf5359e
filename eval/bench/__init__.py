"""Speed, memory and growth, measured beside what people would use instead."""
