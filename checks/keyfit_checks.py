"""Loads keyfit into Checkov: `checkov --external-checks-dir checks`.

Checkov runs this file by its bare name, many times and in many processes, and drops it without a word where it fails.
So it never raises, and where the engine cannot be loaded it registers `CKV_KEYFIT_000`, which says so of every resource
that keyfit would have judged. It does no engine work and holds no dataclasses.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import sys
from pathlib import Path

from checkov.cloudformation.checks.resource.base_resource_check import BaseResourceCheck
from checkov.common.models.enums import CheckCategories, CheckResult

# What `keyfit.hosts.checkov_host` registers for, repeated: this list is for the day on which that cannot be imported.
TYPES = (
    "AWS::IAM::Group",
    "AWS::IAM::GroupPolicy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::User",
    "AWS::IAM::UserPolicy",
    "AWS::KMS::Key",
    "AWS::KMS::ReplicaKey",
    "AWS::Personalize::Dataset",
    "AWS::Personalize::DatasetGroup",
    "AWS::Personalize::MetricAttribution",
    "AWS::SageMaker::FeatureGroup",
    "AWS::Serverless::StateMachine",
    "AWS::StepFunctions::StateMachine",
)


def home() -> Path | None:
    """The folder that holds the engine this file came with: of a checkout, or of an installed package."""
    here = Path(__file__).resolve().parent
    shipped = here.parent.name == "_shipped"  # keyfit/_shipped/checks
    folder = here.parents[2] if shipped else here.parent / "plugins"
    return folder if (folder / "keyfit" / "__init__.py").is_file() else None


def load_engine() -> None:
    """Put the engine this file came with in its place; without one, any that is installed will do.

    `ImportError` where another one is there already. `sys.path` stays as it is.
    """
    folder = home()
    other = sys.modules.get("keyfit")
    if folder is None:
        importlib.import_module("keyfit")
    elif other is None:
        import_from(folder / "keyfit")
    elif Path(other.__file__ or "").resolve().parent != folder / "keyfit":
        raise ImportError(f"keyfit is already imported from `{other.__file__}`, and this file belongs to `{folder}`")


def import_from(package: Path) -> None:
    """Import the package that lies there, as `keyfit`."""
    spec = importlib.util.spec_from_file_location(
        "keyfit", package / "__init__.py", submodule_search_locations=[str(package)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"`{package}` cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules["keyfit"] = module
    spec.loader.exec_module(module)


class EngineMissing(BaseResourceCheck):
    """Fails for every resource that keyfit would have judged, and says why nobody did."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            name=f"keyfit-could-not-check: {reason}",
            id="CKV_KEYFIT_000",
            categories=[CheckCategories.ENCRYPTION],
            supported_resources=TYPES,
        )

    def scan_resource_conf(self, conf: object) -> CheckResult:  # noqa: ARG002 - Checkov's own signature
        """Failed: what is not checked does not pass."""
        return CheckResult.FAILED


def register() -> None:
    """Register keyfit's checks; `CKV_KEYFIT_000` alone where the engine cannot be loaded."""
    try:
        load_engine()
        importlib.import_module("keyfit.hosts.checkov_host").register()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a loader that fails would be dropped without a word
        reason = " ".join(f"the engine cannot be loaded: {type(error).__name__}: {error}".split())
        logging.getLogger(__name__).error("keyfit: %s", reason)  # noqa: TRY400 - in one line, as in the report
        EngineMissing(reason)


register()
