from huying.desk.operations.take_in import take_in, urge_instead

__all__ = ["take_in", "urge_instead"]
