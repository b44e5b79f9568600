"""How serial scanners deliver a code: one file a framing."""
