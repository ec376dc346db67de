"""Settings: flag, environment, file, default; and what is misspelt is an error."""

import json
import re
from pathlib import Path

import pytest

from keyfit.settings import FailOn, Settings, SettingsError, Shown, account, fail_on, region, shown
from keyfit.settings.environment import read_environment
from keyfit.settings.files import find_settings
from keyfit.settings.parameters import LONGEST, pair, read_parameters
from keyfit.settings.paths import find_root

ACCOUNT = "111122223333"
EVERY_SETTING = """\
account = "111122223333"
region = "eu-west-1"
deployer = "arn:aws:iam::111122223333:role/deployer"
parameters-file = "parameters.json"
var-files = ["live.tfvars"]
all-keys = true
select = [101, "personalize-*"]
ignore = 103
fail-on = "unproven"
show = ["holds", "unproven"]

[parameters]
Stage = "live"
Count = 3
Zones = ["a", "b"]
Enabled = true

[variables]
stage = "live"
zones = ["a", "b"]
"""


def written(folder: Path, text: str, name: str = "keyfit.toml") -> Path:
    """A file in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


# --- which source wins


def test_the_stronger_source_wins_setting_by_setting() -> None:
    """What the stronger settings leave open is taken from the weaker ones."""
    merged = Settings(account="1", select=("101",)).over(
        Settings(account="2", region="r", select=("102",), all_keys=True)
    )
    assert (merged.account, merged.region, merged.select, merged.all_keys) == ("1", "r", ("101",), True)


def test_parameters_are_merged_name_by_name() -> None:
    """A flag for one parameter leaves the others of the file alone."""
    merged = Settings(parameters={"A": "flag"}).over(Settings(parameters={"A": "file", "B": "file"}))
    assert merged.parameters == {"A": "flag", "B": "file"}


def test_a_setting_said_to_be_false_is_not_open() -> None:
    """`False` of the stronger source wins over `True` of the weaker."""
    assert Settings(all_keys=False).over(Settings(all_keys=True)).all_keys is False


def test_settings_with_the_same_effect_have_one_fingerprint() -> None:
    """The order of parameters does not matter, nor what only changes the report."""
    left = Settings(parameters={"A": "1", "B": "2"}, show=(Shown.HOLDS,))
    right = Settings(parameters={"B": "2", "A": "1"}, fail_on=FailOn.ERROR)
    assert left.fingerprint == right.fingerprint
    assert left.fingerprint != Settings(parameters={"A": "1"}).fingerprint


def test_a_plan_has_its_own_variables() -> None:
    """So it replaces those of a weaker source, and is replaced by those of a stronger one; together they are wrong."""
    plan, variables = Settings(plan=Path("plan.json")), Settings(variables={"a": "1"}, parameters={"P": "x"})
    assert plan.over(variables) == Settings(plan=Path("plan.json"), parameters={"P": "x"})
    assert variables.over(plan) == variables
    assert Settings(variable_files=(Path("a.tfvars"),)).over(plan).plan is None
    assert plan.fingerprint != Settings().fingerprint
    for given in (Settings(variables={"a": "1"}), Settings(variable_files=(Path("a.tfvars"),))):
        with pytest.raises(SettingsError, match="`plan` cannot be combined with variables"):
            Settings(plan=Path("plan.json"), variables=given.variables, variable_files=given.variable_files)


# --- single values


@pytest.mark.parametrize(
    "wrong", ["", "1234", "11112222333a", "1111222233334", "١١١١٢٢٢٢٣٣٣٣", None, 111122223333, True]
)
def test_an_account_has_twelve_digits_in_quotes(wrong: object) -> None:
    """Anything else is refused; a number too, since it would lose leading zeros."""
    with pytest.raises(SettingsError, match="account"):
        account(wrong)
    assert account("000000000000") == "000000000000"


@pytest.mark.parametrize(
    "right", ["eu-west-1", "us-gov-east-1", "ap-southeast-5", "us-isob-east-1", "cn-north-1", "eusc-de-east-1"]
)
def test_the_name_of_a_region_is_taken(right: str) -> None:
    """Of every partition."""
    assert region(right) == right


@pytest.mark.parametrize("wrong", ["", "eu-west", "EU-WEST-1", "euwest1", "eu-west-1a", "eu_west_1", 1])
def test_what_is_no_region_is_refused(wrong: object) -> None:
    """An availability zone, too."""
    with pytest.raises(SettingsError, match="region"):
        region(wrong)


def test_a_word_that_is_none_of_the_choices_is_refused() -> None:
    """And the message names the choices."""
    with pytest.raises(SettingsError, match="`error`, `warning`, `unproven`"):
        fail_on("never")
    with pytest.raises(SettingsError, match="`holds`, `unproven`"):
        shown("everything")


# --- environment


def test_three_variables_of_the_environment_are_settings() -> None:
    """Others that do not begin with KEYFIT_ are not looked at, and empty ones are not given."""
    given = {"KEYFIT_ACCOUNT": ACCOUNT, "KEYFIT_REGION": "", "KEYFIT_FAIL_ON": "unproven", "PATH": "/bin"}
    assert read_environment(given) == Settings(account=ACCOUNT, fail_on=FailOn.UNPROVEN)


def test_what_terraform_reads_of_the_environment_is_read() -> None:
    """Variables, the workspace, and the directory that `terraform init` fills."""
    given = {"TF_VAR_stage": "dev", "TF_VAR_": "x", "TF_WORKSPACE": "prod", "TF_DATA_DIR": "../data", "TF_LOG": "x"}
    wanted = Settings(inherited={"stage": "dev", "": "x"}, workspace="prod", data_directory="../data")
    assert read_environment(given) == wanted
    assert wanted.given(Path("/r")).workspace == "prod"


def test_a_misspelt_variable_of_the_environment_is_an_error() -> None:
    """And the message asks whether the near one was meant."""
    with pytest.raises(SettingsError, match="`KEYFIT_ACOUNT` is not a setting: did you mean `KEYFIT_ACCOUNT`"):
        read_environment({"KEYFIT_ACOUNT": ACCOUNT})


def test_a_wrong_value_in_the_environment_is_an_error_that_says_where_it_is_from() -> None:
    """Nobody searches a file for it."""
    with pytest.raises(SettingsError, match=r"`elsewhere` .*\(environment\)"):
        read_environment({"KEYFIT_REGION": "elsewhere"})


# --- the settings file


def test_every_setting_can_stand_in_the_file(tmp_path: Path) -> None:
    """Under the name that its flag has; its own parameters win over those of the file it names."""
    written(tmp_path, EVERY_SETTING)
    written(tmp_path, '{"Parameters": {"Stage": "test", "Other": "x"}}', "parameters.json")
    assert find_settings(tmp_path, tmp_path) == Settings(
        account=ACCOUNT,
        region="eu-west-1",
        deployer="arn:aws:iam::111122223333:role/deployer",
        parameters={"Stage": "live", "Other": "x", "Count": "3", "Zones": "a,b", "Enabled": "true"},
        variables={"stage": "live", "zones": '["a", "b"]'},
        variable_files=(tmp_path / "live.tfvars",),
        all_keys=True,
        select=("101", "personalize-*"),
        ignore=("103",),
        fail_on=FailOn.UNPROVEN,
        show=(Shown.HOLDS, Shown.UNPROVEN),
    )


def test_a_plan_can_stand_in_the_file(tmp_path: Path) -> None:
    """Relative to it; variables cannot stand beside it."""
    written(tmp_path, 'plan = "plan.json"')
    assert find_settings(tmp_path, tmp_path) == Settings(plan=tmp_path / "plan.json")


def test_the_nearest_file_upward_counts_and_no_other(tmp_path: Path) -> None:
    """A file further up is not read, not even for what the nearer one leaves open."""
    written(tmp_path, f'account = "{ACCOUNT}"')
    written(tmp_path / "a", 'region = "eu-west-1"')
    (tmp_path / "a" / "b").mkdir()
    assert find_settings(tmp_path / "a" / "b", tmp_path) == Settings(region="eu-west-1")
    assert find_settings(tmp_path, tmp_path) == Settings(account=ACCOUNT)


def test_nothing_above_the_root_is_read(tmp_path: Path) -> None:
    """The root bounds the search."""
    written(tmp_path, "not even TOML")
    (tmp_path / "root" / "deep").mkdir(parents=True)
    assert find_settings(tmp_path / "root" / "deep", tmp_path / "root") == Settings()


def test_a_table_of_pyproject_is_a_settings_file(tmp_path: Path) -> None:
    """A `pyproject.toml` without it is passed over; beside a `keyfit.toml` it does not count."""
    written(tmp_path, f'[tool.keyfit]\naccount = "{ACCOUNT}"\n', "pyproject.toml")
    written(tmp_path / "a", '[project]\nname = "not-keyfit"\n', "pyproject.toml")
    assert find_settings(tmp_path / "a", tmp_path) == Settings(account=ACCOUNT)
    written(tmp_path, 'region = "eu-west-1"')
    assert find_settings(tmp_path, tmp_path) == Settings(region="eu-west-1")


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ('region = "eu-west-1"\nacount = "1"', "`acount` is not a setting: did you mean `account`?", 2),
        ('fail_on = "error"', "`fail_on` is not a setting: did you mean `fail-on`?", 1),
        ('root = "/"', "`root` is not a setting", 1),
        ("account = 111122223333", "account `111122223333` is a number", 1),
        ('\n\nregion = "here"', "region `here` is not the name of a Region", 3),
        ('all-keys = "yes"', "`yes` is neither true nor false", 1),
        ("parameters = 3", "`3` is not a table", 1),
        ("[parameters]\nWhen = 1979-05-27", "parameter value `1979-05-27`", 1),
        ('parameters-file = "../outside.json"', "is outside the scanned directory", 1),
        ('parameters-file = "missing.json"', "the file cannot be read: No such file", 1),
        ('plan = ["a.json", "b.json"]', "2 plans are named", 1),
        ('plan = "../plan.json"', "is outside the scanned directory", 1),
        ('var-files = ["../outside.tfvars"]', "is outside the scanned directory", 1),
        ('\nplan = "p.json"\n[variables]\na = 1', "`plan` cannot be combined with variables", 2),
        ('\nparameters-file = "a\\u0000b"', "is not a path: it contains a null character", 2),
        ('var-files = ["a.tfvars", "\\u0000"]', "is not a path: it contains a null character", 1),
        ('[[roles]]\narn = "arn:aws:iam::111122223333:role/R"\ntrust = "a\\u0000"', "it contains a null character", 1),
        ("account = ", "the file is not TOML", 1),
        ("a = 1\nb = = 2", "the file is not TOML", 2),
    ],
)
def test_what_cannot_be_used_is_an_error_with_its_place(tmp_path: Path, text: str, message: str, line: int) -> None:
    """Never a setting that is silently left out."""
    written(tmp_path, text)
    with pytest.raises(SettingsError, match=re.escape(message)) as caught:
        find_settings(tmp_path, tmp_path)
    assert Path(caught.value.origin.file).is_relative_to(tmp_path)
    assert caught.value.origin.start.line == line


def test_a_settings_file_that_is_a_link_out_of_the_root_is_refused(tmp_path: Path) -> None:
    """What a pull request can add reads nothing outside."""
    outside = written(tmp_path, 'region = "eu-west-1"', "elsewhere.toml")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "keyfit.toml").symlink_to(outside)
    with pytest.raises(SettingsError, match="outside the scanned directory"):
        find_settings(tmp_path / "root", tmp_path / "root")


def test_a_git_work_tree_is_the_root(tmp_path: Path) -> None:
    """Without one, a directory is its own root, and a file has its directory."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    file = written(tmp_path / "a" / "b", "", "stack.yaml")
    assert find_root(tmp_path / "a") == tmp_path / "a"
    assert find_root(file) == tmp_path / "a" / "b"
    (tmp_path / ".git").mkdir()
    assert find_root(file) == tmp_path
    (tmp_path / "a" / ".git").write_text("gitdir: elsewhere", encoding="utf-8")  # a work tree's, or a submodule's
    assert find_root(file) == tmp_path / "a"


# --- parameters

SAME = {"Stage": "live", "Zones": "a,b"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "cli.json",
            (
                '[{"ParameterKey": "Stage", "ParameterValue": "live"},'
                ' {"ParameterKey": "Zones", "ParameterValue": "a,b"},'
                ' {"ParameterKey": "Kept", "UsePreviousValue": true}]'
            ),
        ),
        ("overrides.json", '["Stage=live", "Zones=a,b"]'),
        ("pipeline.json", '{"Parameters": {"Stage": "live", "Zones": ["a", "b"]}, "Tags": {"x": "y"}}'),
        ("bom.json", '\ufeff{"Parameters": {"Stage": "live", "Zones": "a,b"}}'),
        ("samconfig.toml", '[default.deploy.parameters]\nparameter_overrides = "Stage=live Zones=\\"a,b\\""\n'),
        ("list.toml", '[default.deploy.parameters]\nparameter_overrides = ["Stage=live", "Zones=a,b"]\n'),
        ("table.toml", '[default.deploy.parameters.parameter_overrides]\nStage = "live"\nZones = "a,b"\n'),
        (
            "long.toml",
            (
                "[default.deploy.parameters]\nparameter_overrides = "
                "'ParameterKey=Stage,ParameterValue=live ParameterKey=Zones,ParameterValue=a,b'\n"
            ),
        ),
        (
            "global.toml",
            (
                '[default.global.parameters]\nparameter_overrides = "Stage=test Zones=a,b"\n'
                '[default.deploy.parameters]\nparameter_overrides = "Stage=live"\n'
            ),
        ),
        ("only.toml", 'version = 0.1\n[live.deploy.parameters]\nparameter_overrides = "Stage=live Zones=a,b"\n'),
    ],
)
def test_every_form_of_a_parameters_file_says_the_same(tmp_path: Path, name: str, text: str) -> None:
    """The AWS CLI's two, CodePipeline's, and those of SAM's `samconfig.toml`."""
    assert read_parameters(written(tmp_path, text, name)) == SAME


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", "{", "the file is not JSON"),
        ("b.json", '{"Stage": "live"}', "not a parameters file of the AWS CLI, CodePipeline or SAM"),
        ("c.json", '[{"Key": "Stage", "Value": "live"}]', "has no `ParameterKey` and `ParameterValue`"),
        ("d.json", '["Stage"]', "`Stage` is not of the form `NAME=VALUE`"),
        ("e.json", '{"Parameters": {"St-age": "live"}}', "`St-age` is not letters and digits"),
        ("f.json", '{"Parameters": {"Stage": {"a": 1}}}', "neither text, number, boolean nor a list"),
        ("g.json", '{"Parameters": {"Stage": null}}', "neither text, number, boolean nor a list"),
        ("h.json", "[" * 100_000, "nested too deeply"),
        ("i.toml", "[a.deploy]\n[b.deploy]", "no environment `default`, only `a`, `b`"),
        ("j.toml", '[default.deploy.parameters]\nparameter_overrides = "A=\'b"', "not quoted correctly"),
        ("k.toml", "[default.deploy.parameters]\nparameter_overrides = 3", "neither text, list nor table"),
        ("l.json", " " * (LONGEST + 1), "larger than"),
    ],
)
def test_a_parameters_file_that_is_none_is_an_error(tmp_path: Path, name: str, text: str, message: str) -> None:
    """With the file, so that a user finds it."""
    file = written(tmp_path, text, name)
    with pytest.raises(SettingsError, match=re.escape(message)) as caught:
        read_parameters(file)
    assert caught.value.origin.file == str(file)


def test_a_parameters_file_in_another_encoding_is_an_error(tmp_path: Path) -> None:
    """Not a traceback."""
    file = tmp_path / "latin.json"
    file.write_bytes(b'{"Parameters": {"A": "\xe9"}}')
    with pytest.raises(SettingsError, match="not UTF-8"):
        read_parameters(file)


def test_a_value_keeps_its_equals_signs() -> None:
    """Only the first one separates."""
    assert pair("Query=a=b") == ("Query", "a=b")
    assert pair("Empty=") == ("Empty", "")
    with pytest.raises(SettingsError, match="NAME=VALUE"):
        pair("=x")


def test_the_place_of_an_error_in_json_is_told(tmp_path: Path) -> None:
    """Line and column."""
    file = written(tmp_path, json.dumps({"Parameters": {}}, indent=1) + "]", "x.json")
    with pytest.raises(SettingsError) as caught:
        read_parameters(file)
    assert caught.value.origin.start == (3, 2)
