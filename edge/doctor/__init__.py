"""What is wrong with this machine, before a lock finds out: facts are gathered from files, then judged purely."""
