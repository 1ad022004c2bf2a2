from huying.desk.operations.open_for_call import open_for_call
from huying.desk.operations.take_in import take_in, urge_instead

__all__ = ["open_for_call", "take_in", "urge_instead"]
