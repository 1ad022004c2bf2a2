"""Tokens and likeness of Chinese text: pure, no Django."""
