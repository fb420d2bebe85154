"""What a token's bearer may do, as tokens and user pools call it."""

RESOURCE = "events"
"""The resource server that the scopes belong to, where an issuer knows such."""

WRITE = f"{RESOURCE}/write"
READ = f"{RESOURCE}/read"
SEARCH = f"{RESOURCE}/search"
