"""Wording, limits, stages and questions of the citizens' pages; pure, no Django."""
