"""The hub's programming interface: an endpoint parses, asks and tells. Rules stand in the cores, rights in a table."""
