"""Bringing up a cabinet door by door: what to do next, what was learnt, and the wiring that follows from it.

`evidence`, `walk` and `writing` are pure; `probing` speaks to the boards.
"""
