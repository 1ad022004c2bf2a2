"""What starts and stops the processes: the embedded PostgreSQL, its roles, the supervisor. Knows no Django."""
