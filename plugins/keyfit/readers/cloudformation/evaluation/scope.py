"""What functions, conditions and resources ask of a template as one deployment of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from keyfit.record import record

if TYPE_CHECKING:
    from keyfit.answer import Answer
    from keyfit.model.alternatives import Scenario
    from keyfit.readers.cloudformation.evaluation.bindings import Bindings
    from keyfit.readers.cloudformation.template.sections import Resource, Template
    from keyfit.readers.given import Given
    from keyfit.value import Origin, Value

REF: Final = "Ref"  # the attribute that `Ref` returns


@record
class Deployment:
    """What is given, chosen and bound; `open` are the names of all choices that nothing has decided yet."""

    given: Given
    scenario: Scenario
    bound: Bindings
    open: frozenset[str]


class Scope(Protocol):
    """One template, as one deployment of it."""

    template: Template
    scenario: Scenario
    bound: Bindings
    open: frozenset[str]

    def value(self, written: Value) -> Value | None:
        """What `written` comes to; `None` for `AWS::NoValue`. Every `Unknown` in it names all choices it depends on."""

    def condition(self, name: str, origin: Origin) -> Answer:
        """Whether the condition `name` holds; MAYBE for the unknowns that decide it."""

    def holds(self, written: Value) -> Answer:
        """Whether a condition as written holds; MAYBE for the unknowns that decide it."""

    def present(self, resource: Resource) -> Answer:
        """Whether the deployment has `resource`."""

    def reference(self, name: str, origin: Origin) -> Value | None:
        """What `Ref: name` returns: `None` for `AWS::NoValue`."""

    def attribute(self, address: str, name: str, origin: Origin) -> Value:
        """What `Fn::GetAtt: [address, name]` returns."""


class Attributes(Protocol):
    """What attribute `name` of a resource is, `REF` for what `Ref` returns: resource types are known above."""

    def __call__(self, scope: Scope, resource: Resource, name: str) -> Value:
        """The attribute."""
