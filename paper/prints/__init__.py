"""What is printed: labels, lists and receipts, each a function from values to the bytes of a PDF."""
