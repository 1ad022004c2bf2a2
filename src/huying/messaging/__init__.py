"""SMS and notices: templates, sending, receipts."""
