"""What an archiving station is: a place with readers and a screen, and no doors."""
