"""What the pages of the explorer show, as plain dictionaries read by SQL; nothing here draws."""
