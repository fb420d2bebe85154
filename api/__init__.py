"""The write and the read Lambda: HTTP in, problem documents and events out."""
