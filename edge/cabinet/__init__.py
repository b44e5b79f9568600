"""What a cabinet has that an archiving station has not: compartments, doors, lock boards."""
