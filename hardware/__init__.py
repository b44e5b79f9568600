"""Ports, boards and cameras of a station.

Knows doors and readings, never case files: compartments go by their wiring names.
"""
