"""What every group of settings is: frozen, and closed to keys that it does not know."""

from pydantic import BaseModel, ConfigDict


class StrictModel(BaseModel):
    """Settings that refuse unknown keys and later changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)
