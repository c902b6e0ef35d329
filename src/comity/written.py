"""Text of YAML becomes plain values, by the parser in C where the installed PyYAML has it, which is many times as fast."""

from __future__ import annotations

from typing import Any

import yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def from_yaml(text: str | bytes) -> Any:
    """Return the values that `text` states. Raises `yaml.YAMLError`, with the place of the mistake where there is one."""
    return yaml.load(text, _Loader)  # noqa: S506 both loaders are the safe ones
