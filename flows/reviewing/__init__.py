"""In which order people look at figures: alike ones together, the most doubtful first."""
