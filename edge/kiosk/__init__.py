"""The screen at a cabinet or station: a process of its own that draws what the agent says and hands back touches.

It decides nothing. Without it the cabinet works on by badge, scanner and doors.
"""
