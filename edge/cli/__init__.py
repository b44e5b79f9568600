"""The command line of a station."""
