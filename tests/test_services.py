"""The services' pages hold together: with their rules, with what is looked for, and with what AWS calls things."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from keyfit.catalogue import every_rule
from keyfit.services import index, search, subjects
from keyfit.services.page import By
from keyfit.services.spelling import awscc_name, snake_case

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from keyfit.services.page import Page

PAGES = pytest.mark.parametrize("page", index.every_page(), ids=lambda page: page.name)


@PAGES
def test_what_is_looked_for_stands_in_every_type(page: Page) -> None:
    """Or a source with such a resource would not be read."""
    for type_ in index.consuming(page):
        assert search.words(f"{type_} kms_key_id".lower().encode()).hold_consumer, type_
        assert any(word in type_.lower() for word in page.words), type_


@PAGES
def test_a_page_speaks_of_its_own_kinds(page: Page) -> None:
    """A call or a trust about a kind that is not there would be about nothing; a worker can be of another."""
    words = {kind.words for kind in page.kinds}
    named = {kind for call in page.calls if call.by is not By.CALLER for kind in call.kinds}
    assert named | set(page.trust.kinds if page.trust else ()) <= words
    assert {kind for call in page.calls for kind in call.kinds} <= set(index.kinds())
    assert not page.stand_in or page.stand_in in words
    assert all((call.by in {By.SERVICE, By.LINKED_ROLE}) == bool(call.principal) for call in page.calls)


# What is written beside a key whose property is not called after KMS.
BESIDE = {
    "codepipeline": "Type: KMS",
    "aws_ssm_parameter": "SecureString",
    "AWS::Kinesis::Stream": "EncryptionType: KMS",
}


@PAGES
def test_a_source_that_names_a_key_speaks_of_keys(page: Page) -> None:
    """However the property is called: or hosts would not read a source that is checked on the command line."""
    keys = {(page.name, path) for kind in page.kinds for form in kind.forms.values() for path in form.keys}
    keys |= {(type_, target.key) for type_, target in page.targets.items() if target.key}
    for named, path in keys:
        source = f"{path} {BESIDE.get(named, '')}".lower().encode()
        assert search.words(source).kms, (named, path)


def test_kinds_have_names_of_their_own() -> None:
    """A settings file names them, too."""
    words = [kind.words for page in index.every_page() for kind in page.kinds]
    assert len(words) == len(set(words)) == len({each.lower().replace(" ", "-") for each in words})


def test_the_subjects_of_a_rule_are_known() -> None:
    """The words that hosts take the types from."""
    for rule in every_rule():
        assert subjects.types(*rule.subjects), rule.name
    with pytest.raises(KeyError):
        subjects.types("distillery")


def test_a_need_is_a_call_of_the_pages_that_the_rule_is_about() -> None:
    """And each call of a page is asked by a rule."""
    for rule in every_rule():
        pages = [page for page in index.every_page() if page.name in rule.subjects]
        kinds = {kind.words for page in pages for kind in page.kinds}
        assert not pages or all(set(call.kinds) <= kinds for call in rule.needs), rule.name
    asked = {call for rule in every_rule() for call in rule.needs}
    assert [call for page in index.every_page() for call in page.calls if call not in asked] == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("KmsKeyArn", "kms_key_arn"),
        ("KMSMasterKeyID", "kms_master_key_id"),
        ("S3DataDestination.KmsKeyArn", "s3_data_destination.kms_key_arn"),
        ("S3Uri", "s3_uri"),
        ("SSESpecification.KMSMasterKeyId", "sse_specification.kms_master_key_id"),
        ("Entries[].FeatureGroupName", "entries[].feature_group_name"),
        ("A[Key=logs.bucket].TheValue", "a[Key=logs.bucket].the_value"),
        ("kms_key_id", "kms_key_id"),
        ("", ""),
    ],
)
def test_a_path_in_the_words_of_awscc(path: str, expected: str) -> None:
    """A path that is in them already stays as it is."""
    assert snake_case(path) == expected


def test_awscc_follows_cloudformation(shared: Path) -> None:
    """For every type and path that AWS's and HashiCorp's schemas have side by side."""
    file = shared / "facts" / "services" / "services.json"
    found = list(pairs(json.loads(file.read_text(encoding="utf-8"))["contracts"]))
    assert len(found) > 50
    for ours, theirs in found:
        made = awscc_name(ours) if ours.startswith("AWS::") else snake_case(ours)
        assert made.replace("[]", "") == theirs.replace("[]", "")


def pairs(part: object) -> Iterator[tuple[str, str]]:
    """What both schemas call one thing."""
    if isinstance(part, dict):
        ours, theirs = part.get("cloudformation"), part.get("terraform_awscc")
        if isinstance(ours, dict) and isinstance(theirs, dict):
            names = (("type", "type"), ("path", "argument"))
            yield from ((ours[a], theirs[b]) for a, b in names if ours.get(a) and theirs.get(b) and " " not in ours[a])
        for each in part.values():
            yield from pairs(each)
    elif isinstance(part, list):
        for each in part:
            yield from pairs(each)


def test_what_the_ids_of_a_type_are_made_of_cannot_change() -> None:
    """Its name stays as it is written, whatever changes Terraform ignores; of what AWS makes up nothing is written."""
    assert "feature_group_name" in index.identifying("aws_sagemaker_feature_group")
    assert index.identifying("aws_kms_key") == frozenset()
