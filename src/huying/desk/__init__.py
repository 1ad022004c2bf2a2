"""The agent's one-screen workbench."""
