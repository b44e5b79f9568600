"""The office in the browser. A page is a thin function over a frozen view; the change feed says when to draw anew."""
