"""One change of the source that a test must notice."""

from dataclasses import dataclass
from pathlib import Path


class MovedError(Exception):
    """The text that a mutation replaces is not in its file, or more than once."""


@dataclass(frozen=True)
class Mutation:
    """`what` is missing once `text` in `file` became `instead`; `test` is to go red."""

    what: str
    file: str
    text: str
    test: str
    instead: str = ""

    def apply(self, root: Path) -> None:
        """Change the file under `root`.

        Raises:
            MovedError: the source is no longer what this was written for.
        """
        path = root / self.file
        source = path.read_text("utf-8")
        if source.count(self.text) != 1:
            raise MovedError(f"{self.what}: {self.text!r} is not once in {self.file}")
        path.write_text(source.replace(self.text, self.instead), "utf-8")
