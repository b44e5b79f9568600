"""What an agent decides: doors, the scene before a kiosk, delivery, freshness, time. Pure: values in, values out."""
