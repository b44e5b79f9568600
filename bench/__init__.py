"""Measurements against limits and peers. Each is a module with `main(arguments) -> int`."""
