from huying.desk.rules.scripts import OPENING, SCRIPTS, script_for

__all__ = ["OPENING", "SCRIPTS", "script_for"]
