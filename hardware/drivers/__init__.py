"""Drivers: one file each, named <means><capability>.

They carry bytes and report what was sensed; they decide nothing.
"""
