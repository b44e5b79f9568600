"""The stand-alone verifier: trusts nothing but the export, the root key's fingerprint and arithmetic.

No database, no network, no clock. What belongs to the hub never enters here, so that an auditor can read all of it.
"""
