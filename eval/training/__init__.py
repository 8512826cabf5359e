"""The reader's training: data, questions made by code, negatives, the network, the card."""
