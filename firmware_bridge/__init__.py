"""Bytes to frames and frames to bytes, for lock boards and scanners.

Pure: no port, clock, thread or log; time arrives as `now`.
"""
