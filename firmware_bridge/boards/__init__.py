"""Lock-board families: one file each, a table of frames and a codec that reads and writes them in either role."""
