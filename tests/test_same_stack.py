"""The stacks of `fixtures/stacks` are one stack each, in CloudFormation, in HCL, and in HCL with modules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pytest

from keyfit import verify
from keyfit.model.alternatives import EMPTY
from keyfit.model.stack import CLOUDFORMATION, TERRAFORM
from keyfit.readers import cloudformation, terraform
from keyfit.readers.given import Given
from keyfit.scan import Run, scan
from keyfit.settings import Settings
from keyfit.value import text
from tests.conftest import ROOT
from tests.same_stack import KINDS, findings, model

if TYPE_CHECKING:
    from pathlib import Path

    from keyfit.model.alternatives import Scenario
    from keyfit.model.findings import Finding
    from keyfit.model.stack import Stack

pytestmark = pytest.mark.hcl

FOLDER: Final = ROOT / "fixtures" / "stacks"
VARIANTS: Final = ("terraform", "modules")
KEY, ROLE, GROUP = "aws_kms_key.this", "aws_iam_role.this", "awscc_personalize_dataset_group.this"
BUCKET = "aws_s3_bucket.this[0]"
POLICY = "aws_iam_role_policy.this"

# SAM is a transform of templates, and Terraform has nothing that is written so; the alarm is the README's example.
TEMPLATES_ALONE: Final = {"alarm-that-nobody-hears", "serverless-function"}
# By stack and variant: what the template calls each address. Several addresses can be one block of a template.
STACKS: Final[dict[str, dict[str, dict[str, str]]]] = {
    "alarm-that-nobody-hears": {
        "terraform": {
            "aws_kms_key.pager": "PagerKey",
            "aws_sns_topic.pager": "Pager",
            "aws_cloudwatch_metric_alarm.high_water": "HighWater",
        },
        "modules": {
            f"module.key.{KEY}": "PagerKey",
            "aws_sns_topic.pager": "Pager",
            "aws_cloudwatch_metric_alarm.high_water": "HighWater",
        },
    },
    "broken-in-production": {
        "terraform": {
            "aws_kms_key.travel": "TravelKey",
            "aws_iam_role.travel": "TravelRole",
            "aws_iam_role_policy.key": "TravelKeyAccess",
            "aws_s3_bucket.metrics[0]": "MetricsBucket",
            "awscc_personalize_dataset_group.travel": "TravelGroup",
            "awscc_personalize_metric_attribution.bookings[0]": "BookingMetrics",
            "var.stage": "Stage",
        },
        "modules": {
            f"module.key.{KEY}": "TravelKey",
            f"module.role.{ROLE}": "TravelRole",
            f'module.role.{POLICY}["key"]': "TravelKeyAccess",
            f"module.metrics.{BUCKET}": "MetricsBucket",
            f"module.group.{GROUP}": "TravelGroup",
            'awscc_personalize_metric_attribution.bookings["bookings"]': "BookingMetrics",
            "var.stage": "Stage",
        },
    },
    "correct": {
        "terraform": {
            "aws_kms_key.data": "DataKey",
            "aws_kms_key_policy.data": "DataKey",
            "aws_kms_alias.data": "DataKeyAlias",
            "aws_s3_bucket.data": "DataBucket",
            "aws_iam_role.personalize": "PersonalizeRole",
            "aws_iam_role_policy.metrics": "PersonalizeRole",
            "aws_iam_policy.access": "DataAccess",
            "awscc_personalize_dataset_group.shop": "DatasetGroup",
            "awscc_personalize_dataset.interactions": "Interactions",
            "awscc_personalize_metric_attribution.clicks": "ClickMetrics",
        },
        "modules": {
            "aws_kms_key.data": "DataKey",
            "module.policy.aws_kms_key_policy.this": "DataKey",
            "aws_kms_alias.data": "DataKeyAlias",
            f"module.bucket.{BUCKET}": "DataBucket",
            f"module.role.{ROLE}": "PersonalizeRole",
            f'module.role.{POLICY}["metrics"]': "PersonalizeRole",
            "aws_iam_policy.access": "DataAccess",
            f"module.group.{GROUP}": "DatasetGroup",
            "module.data.awscc_personalize_dataset.interactions": "Interactions",
            "module.data.awscc_personalize_metric_attribution.clicks": "ClickMetrics",
        },
    },
    "feature-store": {
        "terraform": {
            "aws_kms_key.features": "FeaturesKey",
            "aws_s3_bucket.features": "FeaturesBucket",
            'aws_iam_role.features["feature-store"]': "StoreRole",
            'aws_iam_role.features["scoring"]': "ScoringRole",
            "aws_iam_role_policy.store": "StoreRole",
            "aws_iam_role_policy.scoring": "ScoringRole",
            "aws_sagemaker_feature_group.customers": "Customers",
        },
        "modules": {
            f"module.key.{KEY}": "FeaturesKey",
            f"module.bucket.{BUCKET}": "FeaturesBucket",
            f"module.store.{ROLE}": "StoreRole",
            f"module.scoring.{ROLE}": "ScoringRole",
            f'module.store.{POLICY}["store"]': "StoreRole",
            f'module.scoring.{POLICY}["features"]': "ScoringRole",
            "module.customers.awscc_sagemaker_feature_group.this": "Customers",
        },
    },
    "feature-store-via-service": {
        "terraform": {
            "aws_kms_key.guests": "GuestsKey",
            "aws_s3_bucket.guests": "GuestsBucket",
            "aws_iam_role.guests": "GuestsRole",
            "aws_iam_role_policy.store": "GuestsRole",
            "aws_sagemaker_feature_group.guests": "Guests",
        },
        "modules": {
            f"module.key.{KEY}": "GuestsKey",
            f"module.bucket.{BUCKET}": "GuestsBucket",
            f"module.role.{ROLE}": "GuestsRole",
            f'module.role.{POLICY}["store"]': "GuestsRole",
            "module.guests.awscc_sagemaker_feature_group.this": "Guests",
        },
    },
    "geospatial-without-grant": {
        "terraform": {
            "aws_kms_key.vineyards": "VineyardsKey",
            "aws_iam_role.observation": "ObservationRole",
            "aws_iam_role_policy.observation": "ObservationRole",
            "aws_iam_role.states": "StatesRole",
            "aws_iam_role_policy.states": "StatesRole",
            "aws_sfn_state_machine.vineyards": "Vineyards",
        },
        "modules": {
            f"module.key.{KEY}": "VineyardsKey",
            f"module.observation.{ROLE}": "ObservationRole",
            f'module.observation.{POLICY}["key"]': "ObservationRole",
            f"module.states.{ROLE}": "StatesRole",
            f'module.states.{POLICY}["start"]': "StatesRole",
            "aws_sfn_state_machine.vineyards": "Vineyards",
        },
    },
    "key-of-another-team": {
        "terraform": {
            "aws_iam_role.library": "LibraryRole",
            "aws_iam_role_policy.key": "LibraryRole",
            "awscc_personalize_dataset_group.library": "LibraryGroup",
            "var.key_arn": "KeyArn",
        },
        "modules": {
            f"module.role.{ROLE}": "LibraryRole",
            f'module.role.{POLICY}["key"]': "LibraryRole",
            f"module.group.{GROUP}": "LibraryGroup",
            "var.key_arn": "KeyArn",
        },
    },
    "no-customer-key": {
        "terraform": {
            "aws_s3_bucket.visits": "VisitsBucket",
            "aws_iam_role.museum": "MuseumRole",
            "aws_iam_role_policy.visits": "MuseumRole",
            "awscc_personalize_dataset_group.museum": "MuseumGroup",
            "awscc_personalize_dataset.visits": "Visits",
        },
        "modules": {
            f"module.visits.{BUCKET}": "VisitsBucket",
            f"module.role.{ROLE}": "MuseumRole",
            f'module.role.{POLICY}["visits"]': "MuseumRole",
            f"module.group.{GROUP}": "MuseumGroup",
            "awscc_personalize_dataset.visits": "Visits",
        },
    },
    "role-on-another-key": {
        "terraform": {
            "aws_kms_key.articles": "ArticlesKey",
            "aws_kms_key.archive": "ArchiveKey",
            "aws_s3_bucket.archive": "ArchiveBucket",
            "aws_iam_role.news": "NewsRole",
            "aws_iam_role_policy.metrics": "NewsRole",
            "aws_iam_role_policy.key": "NewsKeyAccess",
            "awscc_personalize_dataset_group.news": "NewsGroup",
        },
        "modules": {
            f'module.key["articles"].{KEY}': "ArticlesKey",
            f'module.key["archive"].{KEY}': "ArchiveKey",
            f"module.archive.{BUCKET}": "ArchiveBucket",
            f"module.role.{ROLE}": "NewsRole",
            f'module.role.{POLICY}["metrics"]': "NewsRole",
            f'module.role.{POLICY}["key"]': "NewsKeyAccess",
            f"module.group.{GROUP}": "NewsGroup",
        },
    },
    "service-without-create-grant": {
        "terraform": {
            "aws_kms_key.portal": "PortalKey",
            "aws_s3_bucket.history": "HistoryBucket",
            "aws_iam_role.portal": "PortalRole",
            "aws_iam_role_policy.history": "PortalRole",
            "awscc_personalize_dataset_group.portal": "PortalGroup",
            "awscc_personalize_dataset.views": "Views",
        },
        "modules": {
            f"module.key.{KEY}": "PortalKey",
            f"module.history.{BUCKET}": "HistoryBucket",
            f"module.role.{ROLE}": "PortalRole",
            f'module.role.{POLICY}["history"]': "PortalRole",
            f"module.group.{GROUP}": "PortalGroup",
            "awscc_personalize_dataset.views": "Views",
        },
    },
}
# By stack: the choice that is open in it, as the template calls it and as Terraform does, and what it can be.
CHOICES: Final = {"broken-in-production": ("Stage", "var.stage", ("development", "staging", "production"))}
# What differs and cannot be otherwise: a key does not wait for what its separate `aws_kms_key_policy` names.
DIFFERENT: Final = {("correct", variant): "depends_on" for variant in VARIANTS}
CASES: Final = [(name, variant) for name in STACKS for variant in VARIANTS]

Judged = tuple["Stack", tuple["Finding", ...]]


def judged(stack: Stack) -> Judged:
    """A stack, and all that is found in it."""
    result = verify.check(stack)
    assert stack.problems == ()
    assert result.failures == ()
    return stack, result.findings


def both(name: str, variant: str) -> tuple[Judged, Judged]:
    """The stack as a template, and as HCL."""
    (template,) = (file for file in FOLDER.iterdir() if file.stem == name and file.is_file())
    given = Given(FOLDER)
    theirs = cloudformation.read(template.read_text(encoding="utf-8"), str(template), given)
    return judged(theirs), judged(terraform.read(FOLDER / variant / name, given))


def scenarios(name: str, language: str) -> list[Scenario]:
    """Every way of making the stack's choice; one where there is none."""
    template, terraform_, values = CHOICES.get(name, ("", "", ()))
    choice = terraform_ if language == TERRAFORM else template
    return [EMPTY.given(choice, text(value)) for value in values] or [EMPTY]


def under(stack: Stack, scenario: Scenario) -> Stack:
    """The stack with these choices made."""
    found = stack if scenario == EMPTY or stack.reading is None else stack.reading.under(scenario)
    assert found is not None
    return found


def without(parts: Any, field: str) -> Any:  # noqa: ANN401 - a model in comparable form
    """A model without a field."""
    if not isinstance(parts, list | tuple):
        return parts
    kept = [each for each in parts if not (isinstance(each, tuple) and each[:1] == (field,))]
    return tuple(without(each, field) for each in kept)


# A parameter without a value is one that is given; a variable without one can be null, which is no argument at all.
NULLABLE: Final = {
    "key-of-another-team": ({(106, "unproven", "LibraryGroup")}, {(106, "holds", "LibraryGroup")}),
}


@pytest.mark.parametrize(("name", "variant"), CASES)
def test_the_models_are_equal(name: str, variant: str) -> None:
    """A model does not tell which language it was written in, nor how it was cut into modules."""
    (theirs, _), (ours, _) = both(name, variant)
    left_out = DIFFERENT.get((name, variant), "")
    for template, hcl in zip(scenarios(name, CLOUDFORMATION), scenarios(name, TERRAFORM), strict=True):
        expected = model(under(theirs, template), {})
        found = model(under(ours, hcl), STACKS[name][variant])
        for kind in KINDS:
            assert without(found[kind], left_out) == without(expected[kind], left_out), (kind, hcl)


@pytest.mark.parametrize(("name", "variant"), CASES)
def test_the_findings_are_equal(name: str, variant: str) -> None:
    """Rule, verdict, subject, key, principal, parameter, store and state."""
    (_, theirs), (_, ours) = both(name, variant)
    found, expected = findings(ours, STACKS[name][variant]), findings(theirs, {})
    of_terraform, of_templates = NULLABLE.get(name, (set(), set()))
    assert {each[:3] for each in found - expected} == of_terraform
    assert {each[:3] for each in expected - found} == of_templates


def test_every_template_is_there_in_three_forms() -> None:
    """So that a stack that is added is compared, too."""
    templates = {file.stem for file in FOLDER.iterdir() if file.suffix in {".json", ".yaml"}}
    assert templates == set(STACKS) | TEMPLATES_ALONE
    assert len(templates) >= 8


def test_the_comparison_sees_a_difference() -> None:
    """Two stacks that are not the same are not equal, nor are their findings."""
    table = STACKS["service-without-create-grant"]["terraform"]
    (theirs, found), (ours, mine) = both("service-without-create-grant", "terraform")
    (others, elsewhere), _ = both("role-on-another-key", "terraform")
    assert model(ours, table) != model(others, {})
    assert findings(mine, table) != findings(elsewhere, {})
    assert model(ours, {}) != model(theirs, {})  # without the table
    assert findings(mine, {}) != findings(found, {})


# --- one stack as source, as plans, as both, and as an app of the CDK ------------------------------------------------

MUSEUM: Final = ROOT / "fixtures" / "plans" / "museum"
APP: Final = ROOT / "fixtures" / "assemblies" / "museum" / "cdk.out"
LOGICAL_IDS: Final = {
    "aws_kms_key.visits": "VisitKey27BF4A53",
    "aws_kms_alias.visits": "VisitKeyAliasD8BA9909",
    "aws_iam_role.guide": "GuideFA501656",
    "aws_iam_role_policy.guide": "GuideDefaultPolicy54935F2B",
    "awscc_personalize_dataset_group.visits": "Visits",
}
PLACE: Final = Settings(account="111122223333", region="eu-west-1")
# What is not known before it is made is not in a plan of it: what rests on the role's policy, which names the key.
OF_THE_ROLE: Final = {102, 103, 501, 502, 503, 506, 507}


def scanned(path: Path, plan: Path | None = None) -> set[tuple[Any, ...]]:
    """What is found in a file or folder, with a plan of it, where the museum is."""
    report = scan([path], Run(replace(PLACE, plan=plan)))
    assert report.failures == ()
    return findings(report.findings, LOGICAL_IDS)


@pytest.mark.parametrize("plan", [None, "fresh", "there", "opentofu"])
def test_the_source_and_an_app_say_the_same_with_a_plan_and_without(plan: str | None) -> None:
    """Terraform's source, with each of its plans, is what the CDK makes of the same stack."""
    expected = scanned(APP)
    assert {each[:3] for each in expected if each[1] == "broken"} == {(102, "broken", "Visits")}
    assert len(expected) > 20
    assert scanned(MUSEUM, None if plan is None else MUSEUM / f"{plan}.json") == expected


def test_a_plan_of_what_is_there_says_the_same_by_itself() -> None:
    """Nothing else is read."""
    assert scanned(MUSEUM / "there.json") == scanned(APP)


@pytest.mark.parametrize("plan", ["fresh", "opentofu"])
def test_a_plan_of_what_is_new_says_all_but_what_it_does_not_know(plan: str) -> None:
    """What differs is unproven, and is about the role's policy."""
    expected, found = scanned(APP), scanned(MUSEUM / f"{plan}.json")
    assert {(each[0], each[1]) for each in found - expected} == {(rule, "unproven") for rule in OF_THE_ROLE}
    assert {each[0] for each in expected - found} == {102, 501, 502, 503}
