"""The agent of a cabinet or an archiving station: it works alone, records before it acts, and reports to the hub."""
