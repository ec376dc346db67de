"""Which `hcl2` is there: Checkov's bc-python-hcl2, or python-hcl2.

Both install a package of that name, and either will do.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

Tree: TypeAlias = Any  # lark's trees have no types of their own that both versions share


class HclMissingError(Exception):
    """No `hcl2` can be used; the message says why and what to install."""


@cache
def parser() -> Callable[[str], Tree]:
    """What makes a Lark tree of HCL. Made at the first call; `HclMissingError` where nothing can make one."""
    try:
        import hcl2
    except ModuleNotFoundError as missing:
        if missing.name != "hcl2":
            raise HclMissingError(_CLASH.format(missing)) from missing
        raise HclMissingError(_NONE) from missing
    except Exception as broken:
        raise HclMissingError(_CLASH.format(broken)) from broken
    if hasattr(hcl2, "parses_to_tree"):
        return _of_python_hcl2()
    if hasattr(hcl2, "START_LINE"):
        return _of_fork()
    raise HclMissingError(_CLASH.format("it has neither `parses_to_tree` nor `START_LINE`"))


_NONE = (
    "reading Terraform needs the package `hcl2`, and it is not installed: "
    "install `keyfit[checkov]` for use with Checkov, else `keyfit[terraform]`"
)
_CLASH = (
    "the installed package `hcl2` cannot be used ({}): bc-python-hcl2 (Checkov's) and python-hcl2 overwrite each "
    "other; uninstall both, then install only one of them again"
)


def _of_python_hcl2() -> Callable[[str], Tree]:
    import hcl2

    parse: Callable[[str], Tree] = hcl2.parses_to_tree
    return parse


def _of_fork() -> Callable[[str], Tree]:
    try:
        from hcl2.parser import Hcl2

        parse: Callable[[str], Tree] = Hcl2.lark_parser.parse
    except Exception as broken:
        raise HclMissingError(_CLASH.format(broken)) from broken
    return parse
