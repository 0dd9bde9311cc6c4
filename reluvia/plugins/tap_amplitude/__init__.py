"""tap-amplitude: events of the Export API, by the hour of their upload."""
