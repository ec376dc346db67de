"""What `var.x` is: given, else its default, else open; converted to its type."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.model.stack import Problem
from keyfit.readers.hcl.ast import Attribute, Literal, Variable
from keyfit.readers.terraform.evaluation.constraints import ANYTHING, Constraint, Converter, read_constraint
from keyfit.readers.terraform.evaluation.evaluate import TRUTHS, evaluate, resolve
from keyfit.readers.terraform.evaluation.scope import Scope, settled
from keyfit.readers.terraform.values.unknowns import invalid
from keyfit.shape import ANY, REGION_NAME
from keyfit.value import NOWHERE, Bool, Null, Origin, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from keyfit.readers.hcl.ast import Body
    from keyfit.readers.terraform.evaluation.scope import Resolved
    from keyfit.readers.terraform.modules.configuration import Declared
    from keyfit.readers.terraform.modules.module import Module

_AS_TEXT: Final = frozenset({"string", "number", "bool"})


def variable(module: Module, name: str, origin: Origin) -> Resolved:
    """What `var.name` stands for in a module."""
    declared = module.configuration.find("variable", name)
    if declared is None:
        return invalid(f"variable `{name}` is not declared", origin)
    return module.evaluation.once((module.address, "var.", name), lambda: _value(module, declared))


def _value(module: Module, declared: Declared) -> Resolved:
    found = _typed(module, declared)
    if declared.body().attributes.get("sensitive") == Literal(value=True):
        module.evaluation.hide(settled(found))
    return found


def _typed(module: Module, declared: Declared) -> Resolved:
    name = declared.labels[0]
    body = declared.body()
    constraint = read_constraint(body.attributes.get("type"))
    given = _given(module, name, constraint)
    if given is None or (isinstance(given, Null) and _refuses_null(body)):
        if "default" not in body.attributes:
            return _missing(module, declared, constraint)
        given = evaluate(body.attributes["default"], module.scope)
    if constraint is ANYTHING or constraint.name == "any":
        return given
    return Converter(lambda default: evaluate(default, module.scope)).convert(settled(given), constraint)


def _refuses_null(body: Body) -> bool:
    match body.attributes.get("nullable"):
        case Literal(False):
            return True
        case _:
            return False


def _given(module: Module, name: str, constraint: Constraint) -> Resolved | None:
    """What the caller of the module gives, or the user for a root module."""
    if module.call is not None:
        return module.call.input(name)
    inputs = module.inputs
    if name in inputs.words:
        return _word(inputs.words[name], constraint, module)
    if name in inputs.values:
        return inputs.values[name]
    if name in inputs.expressions:
        return evaluate(inputs.expressions[name], Scope(module.evaluation, module, isolated=True))
    if name in inputs.inherited:
        return _word(inputs.inherited[name], constraint, module)
    return _bound_region(module, name)


def _bound_region(module: Module, name: str) -> Text | None:
    """The Region that the user bound, for the variable that the default provider's Region is."""
    region = module.evaluation.given.region
    return None if region is None or not _is_region(module, name) else text(region, origin=Origin(note="given"))


def _is_region(module: Module, name: str) -> bool:
    """Whether the default provider's Region is `var.name`."""
    for provider in module.configuration.providers:
        attributes = provider.body().attributes
        match attributes.get("region"):
            case Attribute(Variable("var"), written) if written == name and "alias" not in attributes:
                return True
            case _:
                pass
    return False


def _word(word: str, constraint: Constraint, module: Module) -> Resolved:
    """A value that the user gives: text for primitive types and untyped variables, else an expression."""
    place = Origin(note="given")
    if constraint.name in _AS_TEXT or constraint is ANYTHING:
        return text(word, origin=place)
    from keyfit.readers.hcl.syntax import read_expression

    expression = read_expression(word, origin=place)
    if isinstance(expression, Problem):
        return Unknown(Why.UNREADABLE, f"the value given for a variable: {expression.message}", origin=place)
    return resolve(expression, Scope(module.evaluation, module, isolated=True))


def _missing(module: Module, declared: Declared, constraint: Constraint) -> Resolved:
    name = declared.labels[0]
    if module.call is not None:
        return invalid(f"`{module.address.rstrip('.')}` is not given `{name}`", module.call.origin)
    identity = f"var.{name}"
    shape = REGION_NAME if _is_region(module, name) else ANY
    open_ = Unknown(Why.NO_VARIABLE, name, identity, frozenset({identity}), shape=shape, origin=declared.origin)
    if constraint.name == "bool":
        module.evaluation.ask(open_, TRUTHS, complete=True)
    made = module.evaluation.chosen(open_)
    return replace(made, origin=declared.origin) if made.origin == NOWHERE else made


def refused(module: Module) -> bool:
    """Whether a validation of the root module's variables surely fails."""
    for declared in module.configuration.of_kind("variable"):
        for block in declared.body().blocks:
            condition = block.body.attributes.get("condition") if block.type == "validation" else None
            if condition is not None and evaluate(condition, module.scope) == Bool(value=False):
                return True
    return False
