from huying.desk.rules.beginning import BEGINNING
from huying.desk.rules.scripts import OPENING, SCRIPTS, script_for

__all__ = ["BEGINNING", "OPENING", "SCRIPTS", "script_for"]
