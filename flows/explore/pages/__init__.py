"""The pages of the explorer, one module each: they draw what `flows.explore.data` reads."""
