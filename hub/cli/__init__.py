"""What is done from a shell: setting a court up, running its hub, taking its ledger out."""
