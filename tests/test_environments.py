"""One source in several environments: what is so in all is told once, and what is not says where."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from keyfit.gate.fingerprint import fingerprint
from keyfit.gate.places import Places
from keyfit.model.findings import Finding, Verdict
from keyfit.render import text
from keyfit.scan import Report, Run, check_template, scan
from keyfit.scan.files import Input
from tests.hosts.commands import broken_in_cfn_lint, cfn_lint, checkov, keyfit, records

SETTINGS: Final = """\
ignore = ["103"]

[[environments]]
name = "test"
account = "111122223333"
var-files = ["test.tfvars"]
parameters = { Own = "no" }

[[environments]]
name = "production"
account = "444455556666"
region = "eu-west-1"
variables = { own = true }
parameters-file = "production.json"
"""
CONFIGURATION: Final = """\
variable "own" { type = bool }
resource "aws_kms_key" "data" {
  customer_master_key_spec = "RSA_2048"
  count                    = var.own ? 1 : 0
}
resource "aws_kms_key" "films" { customer_master_key_spec = "RSA_2048" }
resource "awscc_personalize_dataset_group" "films" {
  name        = "films"
  kms_key_arn = aws_kms_key.films.arn
  role_arn    = "arn:aws:iam::111122223333:role/r"
}
resource "awscc_personalize_dataset_group" "books" {
  count       = var.own ? 1 : 0
  name        = "books"
  kms_key_arn = aws_kms_key.data[0].arn
  role_arn    = "arn:aws:iam::111122223333:role/r"
}
"""
TEMPLATE: Final = """\
Parameters: {Own: {Type: String}}
Conditions: {IsOwn: !Equals [!Ref Own, "yes"]}
Resources:
  Key: {Type: AWS::KMS::Key, Properties: {KeySpec: !If [IsOwn, RSA_2048, SYMMETRIC_DEFAULT]}}
  Group:
    Type: AWS::Personalize::DatasetGroup
    Properties: {Name: films, KmsKeyArn: !GetAtt Key.Arn, RoleArn: 'arn:aws:iam::111122223333:role/r'}
"""


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root module and a template, deployed twice."""
    monkeypatch.chdir(tmp_path)
    for name, content in {
        "keyfit.toml": SETTINGS,
        "test.tfvars": "own = false\n",
        "production.json": '[{"ParameterKey": "Own", "ParameterValue": "yes"}]',
        "root/main.tf": CONFIGURATION,
        "stack.yaml": TEMPLATE,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return tmp_path


def report(run: Run | None = None) -> Report:
    """Everything in the current directory."""
    return scan([Path()], run or Run())


def asymmetric(found: Report, verdict: Verdict = Verdict.BROKEN) -> dict[str, tuple[str, ...]]:
    """The environments in which rule 401 has the verdict, by resource."""
    return {each.resource: each.environments for each in of(found, 401) if each.verdict is verdict}


def of(found: Report, rule: int) -> list[Finding]:
    """The findings of a rule."""
    return [each for each in found.findings if each.rule == rule]


def test_what_is_so_in_all_is_told_once_and_what_is_not_says_where(live: Path) -> None:
    """Each environment has its own values; where something is not there, nothing is said of it."""
    found = report()
    assert (live / "keyfit.toml").exists()
    assert found.failures == ()
    assert asymmetric(found) == {
        "awscc_personalize_dataset_group.films": (),
        "awscc_personalize_dataset_group.books[0]": ("production",),
        "Group": ("production",),
    }
    assert asymmetric(found, Verdict.HOLDS) == {"Group": ("test",)}
    assert (found.roots, found.templates) == (1, 1)
    told = text.render(found)
    assert "key `Key` is not a symmetric encryption key in environment `production`\n" in told
    assert "in environment `test` assumes account `111122223333`" in told
    assert "in environment `production` assumes account `444455556666` and Region `eu-west-1`" in told


def test_workers_find_the_same(live: Path) -> None:
    """In several processes."""
    (live / "other").mkdir()
    (live / "other" / "main.tf").write_text(CONFIGURATION, encoding="utf-8")
    assert text.render(report(Run(jobs=2))) == text.render(report(Run()))


def test_a_flag_is_stronger_than_an_environment(live: Path) -> None:
    """As it is stronger than the settings file."""
    found = keyfit("check", "--account", "777788889999", "--parameter", "Own=no", "stack.yaml", where=live)
    assert "account that it is deployed to" not in found.out
    assert "401" not in found.out


def test_one_file_by_itself_is_judged_in_each(live: Path) -> None:
    """As hosts ask; the answer is remembered."""
    run, file = Run(root=live), Input(Path("stack.yaml"), Path(), named=True)
    checked = check_template(file, run)
    assert checked is not None
    assert checked is check_template(file, run)
    assert {each.environments for each in checked.findings if each.rule == 401} == {("test",), ("production",)}


def test_what_one_environment_uses_is_used(live: Path) -> None:
    """A declared key that only production names is not told as one that nothing uses; one that none names is."""
    keys = ["arn:aws:kms:eu-west-1:444455556666:key/1", "arn:aws:kms:eu-west-1:444455556666:key/2"]
    declared = "".join(f'[[keys]]\narn = "{each}"\n' for each in keys)
    (live / "keyfit.toml").write_text(SETTINGS + declared, encoding="utf-8")
    books = CONFIGURATION.replace("aws_kms_key.data[0].arn", f'"{keys[0]}"')
    (live / "root" / "main.tf").write_text(books, encoding="utf-8")
    assert [each.resource for each in of(report(), 1)] == [keys[1]]


def test_what_is_accepted_in_one_environment_is_not_accepted_in_another(live: Path) -> None:
    """The fingerprints differ; that of what is so in all is what it was without environments."""
    places = Places.around(live)
    (group,) = (each for each in of(report(), 401) if each.resource == "Group" and each.verdict is Verdict.BROKEN)
    (live / "keyfit.toml").write_text(SETTINGS.replace('"no"', '"yes"'), encoding="utf-8")
    (both,) = (each for each in of(report(), 401) if each.resource == "Group")
    (live / "keyfit.toml").write_text("", encoding="utf-8")
    (without,) = (each for each in of(report(), 401) if each.resource == "Group")
    assert fingerprint(both, places) == fingerprint(without, places) != fingerprint(group, places)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ("name = 1", "keyfit.toml:1:1: error: could not check: `name` is not a string"),
        ('account = "111122223333"', "keyfit.toml:1:1: error: could not check: an environment has no `name`"),
        (
            'name = "x"\nregion = "eu"',
            "keyfit.toml:1:1: error: could not check: region `eu` is not the name of a Region",
        ),
        ('name = "x"\nfail-on = "error"', "`fail-on` is not a setting of an environment"),
        ('name = "x"\n[[environments]]\nname = "x"', "keyfit.toml:3:1: error: could not check: there are two"),
        ('name = "x"\nvar-files = ["/etc/hosts"]', "is outside the scanned directory"),
        ('name = "x"\nplan = "p"\nvar-files = ["p"]', "`plan` cannot be combined with variables or variable files"),
    ],
)
def test_what_cannot_be_used_is_an_error_at_its_place(live: Path, environment: str, said: str) -> None:
    """Once."""
    (live / "keyfit.toml").write_text(f"[[environments]]\n{environment}\n", encoding="utf-8")
    (live / "stack.yaml").unlink()
    assert said in text.render(report())


def test_a_diff_compares_each_environment(live: Path) -> None:
    """What changes in one names it; what changes in all is told once."""
    for name in ("before", "after"):
        (live / name).mkdir()
        for file in ("keyfit.toml", "production.json", "test.tfvars"):
            (live / name / file).write_bytes((live / file).read_bytes())
    (live / "before" / "stack.yaml").write_text(TEMPLATE.replace("RSA_2048", "SYMMETRIC_DEFAULT"), encoding="utf-8")
    (live / "after" / "stack.yaml").write_text(TEMPLATE, encoding="utf-8")
    ran = keyfit("diff", "before", "after", where=live)
    assert ran.status == 1
    (line,) = (each for each in ran.out.splitlines() if "401 key-symmetric" in each)
    assert line.endswith("is not a symmetric encryption key in environment `production`")


@pytest.mark.deep
def test_the_hosts_judge_each_environment(live: Path) -> None:
    """Their own commands."""
    ran = cfn_lint("stack.yaml", "--format", "json", where=live)
    assert ("Group", 401) in {(resource, rule) for resource, rule, *_ in broken_in_cfn_lint(ran)} or "E9401" in ran.out
    assert "in environment `production`" in ran.out
    ran = checkov("--directory", ".", "--output", "json", "--quiet", where=live)
    told = [each for each in records(ran) if each["check_id"] == "CKV_KEYFIT_401"]
    assert {each["resource"] for each in told} >= {"AWS::Personalize::DatasetGroup.Group"}
    assert any("in environment `production`" in each["check_name"] for each in told)
