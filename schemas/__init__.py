"""What the words mean: tables, vocabulary, identifiers, reason codes. Reads only its own files."""
