"""The explorer's pages as static files: one or several counties, or the country's overview."""
