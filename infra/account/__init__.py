"""What an account and region must have once for all stages: a stack of its own."""
