"""From the switch's records of one call to its facts: pure, total, and the same however often and in whatever order the
records came (kpi.md 2.8, C8, C9, C14).

    facts = fold(records)          # None when there is nothing but the switch's own records
    wrong = faults(facts)          # what cannot be: two agents on one caller, parts that do not add up, …
"""

from huying.calls.rules.fold.check import faults
from huying.calls.rules.fold.facts import FOLD_VERSION, CallFacts, LegFacts, Taped
from huying.calls.rules.fold.fold import fold
from huying.calls.rules.fold.split import apart

__all__ = ["FOLD_VERSION", "CallFacts", "LegFacts", "Taped", "apart", "faults", "fold"]
