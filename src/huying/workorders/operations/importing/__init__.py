from huying.workorders.operations.importing.run import AlreadyImporting, Counts, import_orders

__all__ = ["AlreadyImporting", "Counts", "import_orders"]
