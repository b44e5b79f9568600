"""The language both sides speak: what is true of a volume, who may do what, and how it is said on the wire.

Pure. Nothing here reads a clock, draws a random number, logs, waits, or touches a file, a socket or the environment:
time and fresh ids arrive as arguments, and a refusal is a value.
"""
