"""Every help without an edit, followed to the letter in a copy: its finding is gone, and nothing new is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyfit import remedy
from keyfit.model.findings import Verdict
from tests.helps import buckets, deployments, keys, services, services_of_others, statements
from tests.remedy import worlds

if TYPE_CHECKING:
    from pathlib import Path

    from keyfit.scan import Report
    from tests.helps.followed import Followed
    from tests.literate import Case

pytestmark = pytest.mark.deep

TABLES = (services, services_of_others, buckets, keys, statements, deployments)
EVERY = [each for table in TABLES for each in table.FOLLOWED]
CASES = worlds.fixtures()


@pytest.mark.parametrize("followed", EVERY, ids=str)
def test_who_follows_a_help_mends_what_is_broken(followed: Followed, tmp_path: Path) -> None:
    """In each block that it is about; the words are among those of the finding, as they stand."""
    answered = 0
    for index, (name, case) in enumerate(CASES):
        if followed.is_about(name, case):
            (tmp_path / str(index)).mkdir()
            answered += _is_mended(followed, worlds.of_case(name, case, tmp_path / str(index)))
    assert answered, "no finding says so in a block that has the text"


def _is_mended(followed: Followed, world: worlds.World) -> bool:
    """Whether the block has the finding, which then is gone."""
    before = world.report()
    gone = {(found.rule, found.resource, found.about) for found in worlds.broken(before) if followed.answers(found)}
    if not gone:
        return False
    after = followed.follow(world).report()
    assert after.failures == before.failures
    new = worlds.subjects(after) - worlds.subjects(before)
    assert {rule for rule, *_ in new} <= set(followed.uncovers), "something new is broken"
    assert not gone & set(worlds.subjects(after))
    assert _unproven(followed, after) <= _unproven(followed, before) or followed.unproven
    return True


def _unproven(followed: Followed, report: Report) -> set[object]:
    """What the rule cannot tell of the resource."""
    return {
        found.about
        for found in report.findings
        if (found.verdict, found.rule, found.resource) == (Verdict.UNPROVEN, followed.rule, followed.resource)
    }


@pytest.mark.parametrize(("name", "case"), CASES, ids=[name for name, _ in CASES])
def test_every_help_without_an_edit_is_followed(name: str, case: Case, tmp_path: Path) -> None:
    """What is broken has an edit, which is tried where edits are, or words that are followed here."""
    world = worlds.of_case(name, case, tmp_path)
    told = [each for each in EVERY if each.is_about(name, case)]
    rules = {rule for table in TABLES for rule in table.RULES}
    for found in worlds.broken(remedy.with_edits(world.report(), world.paths, world.run)):
        if found.rule in rules and not (found.remedy and found.remedy.edits):
            assert any(each.answers(found) for each in told), f"{found.rule}: {found.resource}: {found.message}"
