"""Pages of the reference that the code itself writes."""
