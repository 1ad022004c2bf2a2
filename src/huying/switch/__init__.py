"""The telephone switch (Asterisk): its configuration, its client, its records. No Django, no database."""
