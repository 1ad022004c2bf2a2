"""The telephone: calls and their facts, seats and agents' states, queues, spoken menus, recordings, blocking."""
