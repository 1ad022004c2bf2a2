from huying.desk.forms.decision import DECISIONS, DecisionForm
from huying.desk.forms.intake import IntakeForm

__all__ = ["DECISIONS", "DecisionForm", "IntakeForm"]
