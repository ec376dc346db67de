"""The source is untrusted, and it is the user's: what is written, where, and in whose words."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from keyfit import remedy
from keyfit.model.block import Block
from keyfit.remedy.saving import ChangedError, save
from keyfit.remedy.sources import Source, Splice, UnpatchableError, applied
from keyfit.remedy.standing import Place, reference
from keyfit.remedy.writing import Form, Reference, Writer
from keyfit.render.diff import render
from keyfit.scan import Run
from keyfit.settings import Settings
from keyfit.value import NOWHERE, Origin, Position
from tests.remedy.test_notations import FOUR, YAML

if TYPE_CHECKING:
    from pathlib import Path

    from keyfit.scan import Report

BROKEN = YAML.replace("ACTION", f"[{FOUR}]").encode()


def test_a_file_that_has_changed_is_left_alone(tmp_path: Path) -> None:
    """Of several files none is written where one is no longer what was read."""
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"1")
    other.write_bytes(b"changed")
    with pytest.raises(ChangedError, match="other"):
        save({str(one): b"1", str(other): b"2"}, {str(one): b"3", str(other): b"4"})
    assert (one.read_bytes(), other.read_bytes()) == (b"1", b"changed")


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """With its permissions, through a link to it, and with nothing left beside it."""
    file, link = tmp_path / "template.yaml", tmp_path / "link.yaml"
    file.write_bytes(b"1")
    file.chmod(0o640)
    link.symlink_to(file)
    save({str(link): b"1"}, {str(link): b"2"})
    assert link.is_symlink()
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"2", 0o640)
    assert {each.name for each in tmp_path.iterdir()} == {"link.yaml", "template.yaml"}


def test_what_fails_to_be_written_leaves_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new file is taken away again."""
    file = tmp_path / "template.yaml"
    file.write_bytes(b"1")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="No space"):
        save({str(file): b"1"}, {str(file): b"2"})
    assert (file.read_bytes(), [*tmp_path.iterdir()]) == (b"1", [file])


def _all(report: Report) -> Report:
    return report


@pytest.mark.parametrize("where", ["outside", ".terraform/modules/group", "node_modules/group"])
def test_nothing_is_written_outside_the_root_nor_in_what_was_fetched(where: str, tmp_path: Path) -> None:
    """A link can lead out of the root, and what was fetched is fetched again."""
    root, folder = tmp_path / "root", tmp_path / ("" if where == "outside" else "root") / where
    root.mkdir()
    folder.mkdir(parents=True)
    (folder / "template.yaml").write_bytes(BROKEN)
    named = folder / "template.yaml"
    if where == "outside":
        named = root / "template.yaml"
        named.symlink_to(folder / "template.yaml")
    ground = remedy.Ground.of((root,), Run(Settings(), {}, root))
    with pytest.raises(UnpatchableError):
        ground.data(str(named))


@pytest.mark.parametrize(
    ("form", "terraform", "text", "written"),
    [
        (Form.YAML, False, "kms:Decrypt", "kms:Decrypt"),
        (Form.YAML, False, "*", '"*"'),
        (Form.YAML, False, "yes", '"yes"'),
        (Form.YAML, False, "a: b", '"a: b"'),
        (Form.FLOW, False, "a, b]", '"a, b]"'),
        (Form.JSON, False, 'a"}, "b', '"a\\"}, \\"b"'),
        (Form.HCL, True, '${file("/etc/passwd")}', '"$${file(\\"/etc/passwd\\")}"'),
        (Form.HCL, True, "%{ if true }", '"%%{ if true }"'),
        (Form.JSON, True, "${x}", '"$${x}"'),
    ],
)
def test_a_name_is_text_and_nothing_more(form: Form, terraform: bool, text: str, written: str) -> None:  # noqa: FBT001
    """Whatever a principal is called, no expression, key or element comes of it."""
    assert Writer(form, terraform).text(text) == written


@pytest.mark.parametrize("name", ["a\nb", "a\x1b[31m", "a\u202eb", "\ufeffa"])
def test_a_name_that_cannot_be_seen_is_not_written(name: str) -> None:
    """Nor does anything stand in a diff that is not what it looks like."""
    with pytest.raises(UnpatchableError):
        Writer(Form.JSON, terraform=False).text(name)


@pytest.mark.parametrize("address", ["a b", 'x["${y}"]', "x[each.value]", "x;y", "x\ny", "x.*"])
def test_an_address_is_written_where_it_is_one(address: str) -> None:
    """Literal keys of instances are; expressions are not."""
    with pytest.raises(UnpatchableError):
        Writer(Form.HCL, terraform=True).reference(Reference(address))
    assert Writer(Form.HCL, terraform=True).reference(Reference('a.b["c"]')) == 'a.b["c"].arn'


def test_what_is_in_another_module_is_not_referred_to() -> None:
    """It has another address there."""
    role = Block("module.roles.aws_iam_role.x", "aws_iam_role")
    assert reference(role, _beside('module.roles.aws_kms_key.y["z"]')).address == "aws_iam_role.x"
    for elsewhere in ("aws_kms_key.y", "module.other.aws_kms_key.y", 'module.roles["a"].aws_kms_key.y'):
        with pytest.raises(UnpatchableError):
            reference(role, _beside(elsewhere))


def _beside(address: str) -> Place:
    return Place(address, NOWHERE, lambda file: Source.of(file, b""))


@pytest.mark.parametrize(
    "data", [b"\xff\xfe\x00", b"\x80", b"a: b\rc: d\n", "a: b\u2028c".encode(), b"a\x85".decode("latin-1").encode()]
)
def test_a_file_whose_lines_nobody_can_count_is_not_edited(data: bytes) -> None:
    """YAML ends lines where other languages do not."""
    with pytest.raises(UnpatchableError):
        Source.of("x", data)


def test_places_are_those_of_the_text() -> None:
    """Lines and columns from 1, the byte order mark not counted; what is not there is refused."""
    source = Source.of("x", b"\xef\xbb\xbfab\r\ncd\n")
    assert [source.offset(Position(*each)) for each in ((1, 1), (1, 3), (2, 1), (2, 3), (3, 1))] == [0, 2, 4, 6, 7]
    assert source.position(5) == Position(2, 2)
    assert source.encoded("z") == b"\xef\xbb\xbfz"
    for place in ((1, 4), (2, 5), (4, 1), (0, 1)):
        with pytest.raises(UnpatchableError):
            source.offset(Position(*place))
    with pytest.raises(UnpatchableError):
        source.span(Origin("y", Position(1), Position(1)))


def test_edits_that_overlap_are_none() -> None:
    """Two at one place stand one behind the other."""
    assert applied("abc", [Splice(1, 1, "x"), Splice(1, 2, "y")]) == "axyc"
    with pytest.raises(UnpatchableError):
        applied("abc", [Splice(0, 2, "x"), Splice(1, 3, "y")])


def test_a_diff_commands_nothing() -> None:
    """Neither a terminal nor a log; tabs and line endings are those of the file."""
    before = b"a\n\t# ::error::x\n# \x1b[31m##vso[x]\r\nb"
    shown = render({"x.yaml": before}, {"x.yaml": before + b"c"})
    assert "\x1b" not in shown
    assert " ::" not in shown
    assert "##vso" not in shown
    assert "\n \t# " in shown
    assert shown.endswith("-b\n\\ No newline at end of file\n+bc\n\\ No newline at end of file\n")
