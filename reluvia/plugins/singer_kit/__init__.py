"""What the taps of this project share: column types, a fast message writer, polite HTTP, days counted, the run's clock."""
