"""The technician's end of bringing up a cabinet: questions in words, the file that is written, the sheet to sign."""
