"""What the hub keeps: rows, migrations, one writing connection, and the ledger of every station's verbatim entries."""
