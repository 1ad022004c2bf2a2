"""The order: its life, clocks, history, attachments."""
