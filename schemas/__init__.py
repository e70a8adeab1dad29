"""What the words mean: tables, vocabulary, identifiers, reason codes. No reading but of its own files."""
