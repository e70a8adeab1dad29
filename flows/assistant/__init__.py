"""What assistants ask by the Model Context Protocol: read-only, of the state in force."""
