"""What can go wrong when the local stack starts; each error says what to do about it."""


class LocalStackError(Exception):
    """The stack cannot start, or cannot go on. `remedy` is what the person at the desk can do."""

    def __init__(self, problem: str, *, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.problem}. {self.remedy}"


class PortBusyError(LocalStackError):
    """Another program listens on the port."""

    def __init__(self, port: int, *, remedy: str) -> None:
        super().__init__(f"port {port} of 127.0.0.1 is in use", remedy=remedy)
        self.port = port


class DownloadError(Exception):
    """An artifact could not be fetched; the message says why."""
