"""Huying (呼应): the software behind a city's 12345 government hotline."""

__version__ = "0.1.0"
