"""What the process that sends the requests is told: names of environment variables."""

TALLY = "FUZZ_TALLY"
"""The file to count in; without it nothing is counted."""

TYPES = "FUZZ_TYPES"
"""The most types that a legal page of them asks for; without it, as many as a page may have."""
