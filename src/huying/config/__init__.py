"""Settings, root urls, command line, processes: sees every room, imported by none."""
