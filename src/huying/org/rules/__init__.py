"""What is decided without a database: passwords, browsers' names, division codes, calendars as forms."""
