"""Follow-up calls and ratings."""
