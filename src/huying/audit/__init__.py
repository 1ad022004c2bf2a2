"""The append-only trail: who did what, who looked at what."""
