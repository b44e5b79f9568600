"""The archive office: takes in what stations saw, keeps it, shows it, and says who may do what.

``hub.core`` is pure; everything else carries. ``hub.bootstrap`` names the concrete parts once.
"""
