"""Centres, regions, units, staff, roles, rights, calendars."""
