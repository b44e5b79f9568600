"""A cabinet and scanners that obey steel and speak real bytes: a product, held to the same suite as the hardware."""
