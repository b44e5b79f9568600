"""The pages, each a thin function: read a view, draw it, offer what this person may do."""
