"""Read models derived from the log's stream; each can be thrown away and rebuilt."""
