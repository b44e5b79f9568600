"""The whole system on one machine: broker, hub, a simulated cabinet, a simulated station. Nothing imports this."""
