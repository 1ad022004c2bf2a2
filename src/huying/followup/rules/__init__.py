from huying.followup.rules.bands import BANDS, Band, Bands, Suggestion, suggest
from huying.followup.rules.weights import FULL, LEVELS, BadScheme, Tally, Weights, parse_scheme

__all__ = [
    "BANDS", "FULL", "LEVELS", "BadScheme", "Band", "Bands", "Suggestion", "Tally", "Weights", "parse_scheme", "suggest",
]
