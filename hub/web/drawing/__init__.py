"""Views drawn as HTML. Pure functions: a frozen view and a way of telling in, markup out."""
