"""What the hub decides: projections, rank, discrepancies, grants, receipt of messages. Pure, knows custody alone."""
