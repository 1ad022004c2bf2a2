"""Base pages, components and what pages share."""
