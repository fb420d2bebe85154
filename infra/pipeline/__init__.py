"""What GitHub Actions needs in an account to deploy: a stack of its own, no part of the log's."""
