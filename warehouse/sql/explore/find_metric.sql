-- The metrics whose names, words or examples hold $words, the best first.
from find_metric($words)
