"""The explorer: a local web app on the published state. `data` reads, `pages` draws."""
