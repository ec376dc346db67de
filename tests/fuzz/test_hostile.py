"""Whatever is in a file: it is read or it is an error of its own place, and what stands beside it is judged.

`make fuzz` runs these with many more examples, and new ones each time.
"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyfit.decide import CaseError, answer, explanation
from keyfit.decide.file import CaseFileError, read
from keyfit.model.findings import Verdict
from keyfit.scan import Run, scan
from tests.fuzz import seeds
from tests.fuzz.mutations import in_hcl, in_yaml, mutated_text, mutated_tree
from tests.hosts.stacks import BROKEN

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

pytestmark = [pytest.mark.hcl, pytest.mark.deep]

EXAMPLES: Final = settings().max_examples if settings().max_examples > 100 else 25
LONGEST: Final = 10  # seconds of CPU for one input
hostile = settings(max_examples=EXAMPLES)
randoms = st.randoms(use_true_random=False)


def judged(files: Mapping[str, str]) -> None:
    """A folder with these files, beside a template with a known fault: nothing fails inside, and the fault is found."""
    with TemporaryDirectory() as name:
        folder = Path(name).resolve()
        for path, text in {**files, "zz/beside.yaml": BROKEN}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(text.encode(errors="surrogatepass"))
        begun = process_time()
        report = scan([folder / "a", folder / "zz"], Run(root=folder))
        assert process_time() - begun < LONGEST
        internal = [each for each in report.failures if each.internal]
        assert internal == []
        assert any(
            each.verdict is Verdict.BROKEN and each.origin.file.endswith("beside.yaml") for each in report.findings
        )


@hostile
@given(randoms)
def test_templates_as_trees(source: random.Random) -> None:
    """JSON with a node that does not belong there."""
    tree = mutated_tree(source.choice(seeds.templates()), source)
    judged({"a/t.json": json.dumps(tree)})


@hostile
@given(randoms)
def test_templates_as_text(source: random.Random) -> None:
    """YAML with a character, line or scalar that does not belong there."""
    judged({"a/t.yaml": mutated_text(source.choice(seeds.written("yaml")), source, in_yaml)})


@hostile
@given(randoms)
def test_configurations(source: random.Random) -> None:
    """HCL with a token or line that does not belong there."""
    judged({"a/main.tf": mutated_text(source.choice(seeds.written("hcl")), source, in_hcl)})


@hostile
@given(randoms)
def test_plans(source: random.Random) -> None:
    """A plan with a node that does not belong there."""
    plan = json.dumps(mutated_tree(seeds.PLAN, source))
    judged({"a/main.tf": seeds.CONFIGURATION, "a/plan.json": plan, "a/keyfit.toml": 'plan = "plan.json"'})


@hostile
@given(randoms)
def test_settings(source: random.Random) -> None:
    """Settings, or a file that they name, with something that does not belong there."""
    files = {
        "keyfit.toml": seeds.SETTINGS,
        "policy.json": json.dumps(seeds.POLICY),
        "parameters.json": json.dumps(seeds.PARAMETERS),
        "a.tfvars": seeds.VALUES,
    }
    changes: dict[str, Callable[[str], str]] = {
        "keyfit.toml": lambda text: mutated_text(text, source, source.choice((in_hcl, in_yaml))),
        "policy.json": lambda text: json.dumps(mutated_tree(json.loads(text), source)),
        "parameters.json": lambda text: json.dumps(mutated_tree(json.loads(text), source)),
        "a.tfvars": lambda text: mutated_text(text, source, in_hcl),
    }
    name = source.choice(["keyfit.toml", *changes])
    files[name] = changes[name](files[name])
    template = source.choice(seeds.written("yaml"))
    judged(
        {**{f"a/{path}": text for path, text in files.items()}, "a/t.yaml": template, "a/main.tf": seeds.CONFIGURATION}
    )


@hostile
@given(randoms)
def test_authorization_cases(source: random.Random) -> None:
    """Refused as no cases, in words, or answered."""
    cases: Any = mutated_tree([source.choice(seeds.cases())], source)
    try:
        document = read(json.dumps(cases))
        answer(document)
        explanation(document)
    except (CaseError, CaseFileError):
        pass
