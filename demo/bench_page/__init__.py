"""The virtual bench: hands, badges and labels for the simulated cabinet and station, beside their kiosks. Demo only.

Whether a door moves is decided by the simulated steel; this page only pulls, pushes and scans.
"""
