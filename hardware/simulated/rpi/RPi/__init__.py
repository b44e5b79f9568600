"""A package of the name that drivers import on a Raspberry Pi; see `GPIO`."""
