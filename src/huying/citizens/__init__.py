"""Callers and contact data, kept private."""
