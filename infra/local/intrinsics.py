"""CloudFormation's intrinsic functions over one template; what it cannot resolve is an error."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from infra.local.errors import LocalStackError

_PLACEHOLDER = re.compile(r"\$\{([^!][^}]*)\}")
_LITERAL = re.compile(r"\$\{!([^}]*)\}")


class TemplateError(LocalStackError):
    """The template says something that the local stack does not run."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem, remedy="Teach infra/local/ what it means, or take it out.")


def refuse_unknown(name: str, properties: Mapping[str, Any], known: set[str]) -> None:
    """Refuse properties that the local stack neither runs nor passes over for a reason.

    Raises: TemplateError.
    """
    if unknown := properties.keys() - known:
        raise TemplateError(f"{name} sets {', '.join(sorted(unknown))}, which is not run here")


class Resolver:
    """Resolves values given what each `Ref` and each `Fn::GetAtt` stands for.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
    """

    def __init__(
        self, refs: Mapping[str, str], attributes: Callable[[str, str], str | None]
    ) -> None:
        self._refs = refs
        self._attributes = attributes
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::Join": self._join,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
        }

    def resolve(self, value: Any) -> Any:
        """`value` with every intrinsic function replaced by what it stands for.

        Raises: TemplateError for a name or a function that is not known.
        """
        if isinstance(value, list):
            return [self.resolve(item) for item in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(name, argument)] = value.items()
            if name in self._functions:
                return self._functions[name](argument)
            if name.startswith("Fn::") or name == "Condition":
                raise TemplateError(f"the template uses {name}, which is not run here")
        return {key: self.resolve(item) for key, item in value.items()}

    def _ref(self, name: str) -> str:
        if name not in self._refs:
            raise TemplateError(f"the template refers to {name}, which has no value here")
        return self._refs[name]

    def _get_att(self, argument: str | list[str]) -> str:
        logical_id, _, attribute = (
            argument.partition(".") if isinstance(argument, str) else (argument[0], "", argument[1])
        )
        value = self._attributes(logical_id, attribute)
        if value is None:
            raise TemplateError(f"the template reads {logical_id}.{attribute}, not known here")
        return value

    def _sub(self, argument: str | list[Any]) -> str:
        text, variables = (argument, {}) if isinstance(argument, str) else argument

        def value_of(match: re.Match[str]) -> str:
            name = match[1].strip()
            if name in variables:
                return str(self.resolve(variables[name]))
            return self._get_att(name) if "." in name else self._ref(name)

        return _LITERAL.sub(r"${\1}", _PLACEHOLDER.sub(value_of, text))

    def _join(self, argument: list[Any]) -> str:
        delimiter, parts = argument
        return str(delimiter).join(str(part) for part in self.resolve(parts))

    def _select(self, argument: list[Any]) -> Any:
        index, parts = argument
        return self.resolve(parts)[int(index)]

    def _split(self, argument: list[Any]) -> list[str]:
        delimiter, text = argument
        return str(self.resolve(text)).split(str(delimiter))
