"""Functions with unknown and partly known arguments: the most precise answer that holds for every filling."""

from pathlib import Path

import pytest

from keyfit.readers.terraform.functions import functions
from keyfit.readers.terraform.values.unknowns import invalid
from keyfit.shape import KEY_ID, NAME
from keyfit.value import Entry, List, Number, Object, Own, Reference, Unknown, Value, choices_in, text
from keyfit.why import Why

from .evaluation import value_of
from .worlds import words

pytestmark = pytest.mark.hcl

HERE = Path(__file__).parent


def variable(name: str) -> Unknown:
    """A variable without a value."""
    return Unknown(Why.NO_VARIABLE, name, f"var.{name}", frozenset({f"var.{name}"}))


U = variable("u")
NAMES: dict[str, Value] = {
    "u": U,
    "v": variable("v"),
    "anonymous": Unknown(Why.AFTER_APPLY, "x"),
    "error": invalid("it fails"),
    "account": text(Own.ACCOUNT),
    "partition": text(Own.PARTITION),
    "key": text("arn:", Own.PARTITION, ":kms:", Own.REGION, ":", Own.ACCOUNT, ":key/", Reference("k", "id", KEY_ID)),
    "role": text("arn:aws:iam::", Own.ACCOUNT, ":role/app/x-", Reference("r", "name", NAME)),
    "name": text("app-", U),
    "more": List((text("a"), text("b")), U),
    "some": Object((Entry(text("a"), Number(1)),), U),
    "any": Object((Entry(text("a-", U), Number(1)), Entry(text("b"), Number(2)))),
}

ROWS = [
    # numbers
    ("abs(u)", "?abs(var.u)"),
    ("ceil(u)", "?ceil(var.u)"),
    ("floor(u)", "?floor(var.u)"),
    ("log(u, 2)", "?log(var.u, 2)"),
    ("max(1, u)", "?max(1, var.u)"),
    ("min(u, 1)", "?min(var.u, 1)"),
    ("parseint(account, 10)", "?parseint(own account, 10)"),
    ("pow(u, 2)", "?pow(var.u, 2)"),
    ("signum(u)", "?signum(var.u)"),
    ("sum([1, u])", "?sum([1 var.u])"),
    ("sum(more)", "?no_variable"),
    # texts
    ('chomp("${u}\\n")', "?chomp(var.u '\\n')"),
    ('chomp("${account}\\n")', '"${account}"'),
    ('chomp("${u}x\\n")', '"${var.u}x"'),
    ('endswith(name, "x")', "?endswith('app-' var.u, 'x')"),
    ('endswith("${u}-key", "-key")', "true"),
    ('endswith("${u}-key", "-role")', "false"),
    ('endswith(account, "x")', "false"),
    ('startswith(name, "app-")', "true"),
    ('startswith(name, "ap")', "true"),
    ('startswith(name, "xx")', "false"),
    ('startswith(name, "app-x")', "?startswith('app-' var.u, 'app-x')"),
    ('startswith(role, "arn:aws:iam::x")', "false"),
    ('strcontains(role, ":role/")', "true"),
    ('strcontains(account, "x")', "false"),
    ('strcontains(name, "x")', "?strcontains('app-' var.u, 'x')"),
    ('format("arn:%s:iam::%s:root", partition, account)', '"arn:${partition}:iam::${account}:root"'),
    ('format("%s", u)', '"${var.u}"'),
    ('format("%v-%d", u, 3)', '"${var.u}-3"'),
    ('format("%q", name)', '""app-${var.u}""'),
    ('format("%05d", u)', '"${format %05d(var.u)}"'),
    ('format("%10s", name)', "?format('%10s', 'app-' var.u)"),
    ('format(u, "a")', "?format(var.u, 'a')"),
    ('format("%v", [u])', '"[${var.u}]"'),
    ('format("%t", u)', '"${format %t(var.u)}"'),
    ('formatlist("%s-%s", [u, "a"], account)', '["${var.u}-${account}", "a-${account}"]'),
    ('formatlist("%s", u)', "?formatlist('%s', var.u)"),
    ('formatlist("%s", more)', "?no_variable"),
    ('indent(2, "a\\n${account}\\nb")', '"a\n  ${account}\n  b"'),
    ("indent(2, name)", "?indent(2, 'app-' var.u)"),
    ('join(",", ["a", u, account])', '"a,${var.u},${account}"'),
    ('join(u, ["a", "b"])', '"a${var.u}b"'),
    ('join(",", u)', "?join(',', var.u)"),
    ('join(",", more)', "?no_variable"),
    ("lower(account)", '"${account}"'),
    ('lower("AB${u}")', '"ab${lower(var.u)}"'),
    ("upper(name)", '"APP-${upper(var.u)}"'),
    ("upper(partition)", '"${upper(own partition)}"'),
    ("title(u)", "?title(var.u)"),
    ('strrev("ab${account}")', '"${strrev(own account)}ba"'),
    ("substr(role, 0, 7)", '"arn:aws"'),
    ("substr(role, 0, 40)", "?substr('arn:aws:iam::' own account ':role/app/x-' r.name, 0, 40)"),
    ('trim("--${account}--", "-")', '"${account}"'),
    ('trim(name, "-")', "?trim('app-' var.u, '-')"),
    ('trimprefix(role, "arn:aws:")', '"iam::${account}:role/app/x-${r.name}"'),
    ('trimprefix(role, "x")', '"arn:aws:iam::${account}:role/app/x-${r.name}"'),
    ('trimprefix(name, "app-x")', "?trimprefix('app-' var.u, 'app-x')"),
    ('trimsuffix("${u}.json", ".json")', '"${var.u}"'),
    ('trimsuffix("${u}x", "y")', '"${var.u}x"'),
    ('trimsuffix(name, "y")', "?trimsuffix('app-' var.u, 'y')"),
    ('trimspace(" ${account} ")', '"${account}"'),
    ('trimspace(" ${u} ")', "?trimspace(' ' var.u ' ')"),
    ('replace(role, "/", "-")', '"arn:aws:iam::${account}:role-app-x-${r.name}"'),
    ('replace(account, "x", "y")', '"${account}"'),
    ('replace(name, "p", "q")', "?replace('app-' var.u, 'p', 'q')"),
    ('replace("a.b", ".", u)', '"a${var.u}b"'),
    ('replace(role, "/^.*role/", "")', "?replace('arn:aws:iam::' own account ':role/app/x-' r.name, '/^.*role/', '')"),
    (
        'yamldecode("a: ${role}\\nb: [${u}, \\"x${u}\\"]\\n${name}: 1")',
        '{a: "arn:aws:iam::${account}:role/app/x-${r.name}", b: [?no_variable, "x${var.u}"], app-${var.u}: 1}',
    ),
    ('yamldecode("a: 1\\n${u}\\nb: 2")', "?yamldecode('a: 1\\n' var.u '\\nb: 2')"),
    ('yamldecode("a: x\\n  ${u}\\n")', "?yamldecode('a: x\\n  ' var.u '\\n')"),
    ('regex("a", u)', "?regex('a', var.u)"),
    ('regexall("a", u)', "?regexall('a', var.u)"),
    (
        'split(":", key)',
        '["arn", "${partition}", "kms", "${region}", "${account}", "key/${k.id}"]',
    ),
    ('split("/", role)', '["arn:aws:iam::${account}:role", "app", "x-${r.name}"]'),
    ('split("-", name)', "?split('-', 'app-' var.u)"),
    ('split("-", u)', "?split('-', var.u)"),
    # lists
    ("alltrue([true, u])", "?no_variable"),
    ("alltrue([false, u])", "false"),
    ("anytrue([true, u])", "true"),
    ("anytrue([false, u])", "?no_variable"),
    ("anytrue(u)", "?anytrue(var.u)"),
    ("chunklist([u, 1, 2], 2)", "[[?var.u, 1], [2]]"),
    ("chunklist(more, 2)", "?no_variable"),
    ('coalesce(account, "x")', '"${account}"'),
    ('coalesce(name, "x")', '"app-${var.u}"'),
    ('coalesce(u, "x")', "?coalesce(var.u, 'x')"),
    ("coalesce(null, name)", '"app-${var.u}"'),
    ("coalescelist(u, [1])", "?coalescelist(var.u, [1])"),
    ("coalescelist(more, [1])", '["a", "b", ...var.u]'),
    ("coalescelist([], [u])", "[?var.u]"),
    ('compact([u, "", account, "a"])', '["${account}", "a", ...no_variable]'),
    ("compact(u)", "?compact(var.u)"),
    ('concat(["a"], u)', '["a", ...no_variable]'),
    ('concat(more, ["c"])', '["a", "b", "c", ...var.u]'),
    ("concat([u], [v])", "[?var.u, ?var.v]"),
    ('contains(more, "a")', "true"),
    ('contains(more, "c")', "?no_variable"),
    ('contains([account], "x")', "false"),
    ('contains([account], "111122223333")', "?unbound"),
    ('contains(["a"], u)', "?no_variable"),
    ("contains([account], account)", "true"),
    ("contains([u], u)", "true"),
    ('contains(u, "a")', "?contains(var.u, 'a')"),
    ("distinct([account, account, u, u])", '["${account}", ?var.u, ...only these]'),
    ("distinct([anonymous, anonymous])", "[?after_apply, ?after_apply, ...only these]"),
    ("length(distinct([anonymous, anonymous]))", "?after_apply"),
    ('distinct(concat(more, [u, "c"]))', '["a", "b", ?var.u, "c", ...no_variable]'),
    ('concat(distinct([account, u]), ["c"])', '["${account}", ?var.u, "c", ...only these]'),
    ("concat(distinct([account, u]), more)", '["${account}", ?var.u, "a", "b", ...no_variable]'),
    ('contains(distinct([account, "${account}${u}"]), "x")', "false"),
    ("alltrue(distinct([true, u]))", "?no_variable"),
    ("element(distinct([account, u]), 0)", "?no_variable"),
    ('element(flatten([toset(["${u}x", "${account}y"])]), 0)', "?no_variable"),
    ('length(flatten([toset(["${u}x", "${account}y"])]))', "2"),
    (
        'setsubtract(distinct([account, "${account}${u}"]), ["x"])',
        '["${account}", "${account}${var.u}", ...only these]',
    ),
    ('setsubtract([account], distinct(["x", "y${u}"]))', '["${account}"]'),
    ("merge([{ a = 1 }, { b = 2 }]...)", "{a: 1, b: 2}"),
    ("distinct(u)", "?distinct(var.u)"),
    ("element([account, u], 1)", "?var.u"),
    ("element(more, 0)", "?no_variable"),
    ("element([1, 2], u)", "?element([1 2], var.u)"),
    ('flatten([["a"], u, [account]])', '["a", "${account}", ...no_variable]'),
    ("flatten([more, [1]])", '["a", "b", 1, ...var.u]'),
    ("flatten(u)", "?flatten(var.u)"),
    ('index(["a", u], "a")', "0"),
    ('index([u, "a"], "a")', "?index([var.u 'a'], 'a')"),
    ("length([u, u])", "2"),
    ("length(more)", "?no_variable"),
    ("length(account)", "12"),
    ("length(name)", "?length('app-' var.u)"),
    ("length(some)", "?no_variable"),
    ("length(any)", "2"),
    ("length(toset([account, u]))", "?no_variable"),
    ("length(toset([u]))", "1"),
    ('length(toset([account, "x"]))', "2"),
    ("length(u)", "?length(var.u)"),
    ('matchkeys([1, 2], ["a", u], ["a"])', "[1, ...no_variable]"),
    ("one([u])", "?var.u"),
    ("one(more)", '"error"'),
    ("one(u)", "?one(var.u)"),
    ("range(u)", "?range(var.u)"),
    ("reverse([u, 1])", "[1, ?var.u]"),
    ("reverse(more)", '["b", "a", ...var.u]'),
    ("slice([u, 1, 2], 0, 2)", "[?var.u, 1]"),
    ("slice(more, 0, 1)", "?no_variable"),
    (
        'sort(["a-${u}", name, account])',
        "?sort(['a-' var.u 'app-' var.u own account])",
    ),
    ('sort(["b${u}", "a${u}"])', '["a${var.u}", "b${var.u}"]'),
    # maps
    ("keys(some)", '["a", ...var.u]'),
    ("keys(any)", '["a-${var.u}", "b"]'),
    ("values(any)", "[1, 2]"),
    ("values(u)", "?values(var.u)"),
    ('lookup(some, "a", 2)', "1"),
    ('lookup(some, "b", 2)', "?no_variable"),
    ("lookup({a = 1}, u, 2)", "?lookup({'a' 1}, var.u, 2)"),
    ('lookup({a = u}, "a", 2)', "?var.u"),
    ('lookup(any, "b", 3)', "2"),
    ('lookup(any, "a-x", 3)', "?lookup({'a-' var.u 1 'b' 2}, 'a-x', 3)"),
    ('lookup(any, "c", 3)', "3"),
    ('lookup(u, "a", 1)', "?lookup(var.u, 'a', 1)"),
    ("merge({a = 1}, {b = u})", "{a: 1, b: ?var.u}"),
    ("merge({a = 1}, u)", "{a: ?no_variable, ...no_variable}"),
    ("merge(u, {a = 1})", "{a: 1, ...no_variable}"),
    ("merge(some, {a = 2})", "{a: 2, ...var.u}"),
    ("merge({a = 2}, some)", "{a: 1, ...var.u}"),
    ("merge({b = 2}, some)", "{b: ?no_variable, a: 1, ...var.u}"),
    ('transpose({a = ["x"], b = u})', "?transpose({'a' ['x'] 'b' var.u})"),
    ("zipmap([u, account], [1, u])", "{${var.u}: 1, ${account}: ?var.u}"),
    ("zipmap(u, [1])", "?zipmap(var.u, [1])"),
    # sets
    ('setunion([u], ["a"])', '["a", ?var.u, ...only these]'),
    ('setunion(u, ["a"])', '["a", ...no_variable]'),
    ('setintersection(["a", account], ["a", "x"])', '["a"]'),
    ('setintersection(["a"], [u])', "[...no_variable]"),
    ('setintersection(["a"], u)', "[...no_variable]"),
    ('setsubtract(["a", "b"], ["a"])', '["b"]'),
    ('setsubtract(["a", account], ["x"])', '["${account}", "a"]'),
    ('setsubtract(["a"], [u])', "[...no_variable]"),
    ('setsubtract(u, ["a"])', "[...no_variable]"),
    ("setproduct([u], [1, 2])", "[[?var.u, 1], [?var.u, 2]]"),
    ("setproduct(more, [1])", "?no_variable"),
    # conversions and choices
    ("tobool(u)", "?var.u"),
    ("tonumber(u)", "?var.u"),
    ("tonumber(account)", "?unbound"),
    ("tostring(u)", "?var.u"),
    ("tostring(name)", '"app-${var.u}"'),
    ("tolist([u, 1])", "[?var.u, 1]"),
    ("tolist(u)", "?var.u"),
    ('tolist(toset(["b", "a", account]))', '["${account}", "a", "b", ...only these]'),
    ('length(tolist(toset(["b", "a", account])))', "3"),
    ('element(tolist(toset(["b", account])), 0)', "?unbound"),
    ('join(",", toset(["b", account]))', "?join(',', set[own account 'b'])"),
    ('join(",", toset(["b${u}", "a${u}"]))', '"a${var.u},b${var.u}"'),
    ('formatlist("%s", toset(["b", u]))', "?no_variable"),
    ("toset([u, u, account])", '["${account}", ?var.u, ...only these]'),
    ('toset(tolist(toset(["b", account])))', '["${account}", "b"]'),
    ("toset(u)", "?var.u"),
    ("tomap(some)", "{a: 1, ...var.u}"),
    ("tomap(u)", "?var.u"),
    ('try(u, "x")', "?try(var.u, 'x')"),
    ('try(error, "x")', '"x"'),
    ("try(error, u)", "?no_variable"),
    ('try(account, "x")', '"${account}"'),
    ('try([1, role], "x")', '[1, "arn:aws:iam::${account}:role/app/x-${r.name}"]'),
    ("try(error, error)", '"error"'),
    ("can(u)", "?can(var.u)"),
    ("can(error)", "false"),
    ("can(role)", "true"),
    ("sensitive(u)", "?var.u"),
    ("nonsensitive(u)", "?var.u"),
    ("ephemeralasnull(u)", "?var.u"),
    ("issensitive(u)", "?issensitive(var.u)"),
    ("upper(error)", '"error"'),
    ("concat([1], [error])", '"error"'),
    # encodings
    ('jsonencode({b = u, a = [account, "<"]})', '"{"a":["${account}","\\u003c"],"b":${var.u}}"'),
    ("jsonencode(more)", '"["a","b",${var.u}]"'),
    ("jsonencode(some)", '"{"a":1,${var.u}}"'),
    ("jsonencode({})", '"{}"'),
    ("jsondecode(jsonencode({a = u, b = [more, some]}))", '{a: ?var.u, b: [["a", "b", ...var.u], {a: 1, ...var.u}]}'),
    ('jsondecode("{\\"a\\": \\"x${u}\\", \\"b\\": ${u}}")', '{a: "x${var.u}", b: ?var.u}'),
    ("jsondecode(u)", "?jsondecode(var.u)"),
    ("base64encode(name)", "?base64encode('app-' var.u)"),
    ("base64decode(u)", "?base64decode(var.u)"),
    ('textencodebase64(u, "UTF-8")', "?textencodebase64(var.u, 'UTF-8')"),
    ('textdecodebase64(u, "UTF-8")', "?textdecodebase64(var.u, 'UTF-8')"),
    ('urlencode("a b${account}/${u}")', '"a+b${account}%2F${urlencode(var.u)}"'),
    ("urldecode(u)", "?urldecode(var.u)"),
    ("csvdecode(u)", "?csvdecode(var.u)"),
    ("yamldecode(u)", "?yamldecode(var.u)"),
    ('yamldecode("a: ${account}")', "{a: ?unbound}"),
    ("yamlencode({a = account})", '""a": "${account}"\n"'),
    ("yamlencode({a = u})", "?yamlencode({'a' var.u})"),
    ("yamlencode(more)", "?no_variable"),
    # hashes
    ("md5(u)", "?md5(var.u)"),
    ("sha1(u)", "?sha1(var.u)"),
    ("sha256(role)", "?sha256('arn:aws:iam::' own account ':role/app/x-' r.name)"),
    ("sha512(u)", "?sha512(var.u)"),
    ("base64sha256(u)", "?base64sha256(var.u)"),
    ("base64sha512(u)", "?base64sha512(var.u)"),
    ('uuidv5(u, "a")', "?uuidv5(var.u, 'a')"),
    # files
    ("file(name)", "?file('app-' var.u)"),
    ("filebase64(u)", "?filebase64(var.u)"),
    ("fileexists(u)", "?fileexists(var.u)"),
    ('fileset(u, "*")', "?fileset(var.u, '*')"),
    ("filemd5(u)", "?filemd5(var.u)"),
    ("filesha1(u)", "?filesha1(var.u)"),
    ("filesha256(u)", "?filesha256(var.u)"),
    ("filesha512(u)", "?filesha512(var.u)"),
    ("filebase64sha256(u)", "?filebase64sha256(var.u)"),
    ("filebase64sha512(u)", "?filebase64sha512(var.u)"),
    ("abspath(u)", "?abspath(var.u)"),
    ("basename(u)", "?basename(var.u)"),
    ("dirname(u)", "?dirname(var.u)"),
    ("pathexpand(u)", "?pathexpand(var.u)"),
    ('templatefile("data/plain.tftpl", {x = account})', '"x is ${account}.\n"'),
    ('templatefile("data/plain.tftpl", {x = u})', '"x is ${var.u}.\n"'),
    ('templatefile("data/json.tftpl", {arns = [u]})', '"{"AWS": [${var.u}]}\n"'),
    ('templatefile("data/plain.tftpl", u)', "?templatefile('data/plain.tftpl', var.u)"),
    ('templatestring("$${x}!", {x = name})', '"app-${var.u}!"'),
    ("templatestring(name, {})", "?templatestring('app-' var.u, {})"),
    # providers
    (
        'provider::aws::arn_build(partition, "iam", "", account, "role/${u}")',
        '"arn:${partition}:iam::${account}:role/${var.u}"',
    ),
    ("provider::aws::arn_parse(key).account_id", '"${account}"'),
    ("provider::aws::arn_parse(key).resource", '"key/${k.id}"'),
    ("provider::aws::arn_parse(u)", "?provider::aws::arn_parse(var.u)"),
    ("provider::aws::trim_iam_role_path(role)", '"arn:aws:iam::${account}:role/x-${r.name}"'),
    # legacy, and what is not evaluated
    ("list(u)", "[?var.u]"),
    ('map("a", u)', "{a: ?var.u}"),
    ("cidrsubnet(u, 1, 1)", "?unsupported_function"),
    ("timestamp()", "?run_time"),
    ("uuid()", "?run_time"),
    ("nothing_of_the_kind(1)", "?unsupported_function"),
]


def shown(expression: str) -> str:
    """What the expression gives, in words; `"error"` for an error."""
    value = value_of(expression, HERE, NAMES)
    if isinstance(value, Unknown) and value.why is Why.INVALID:
        return '"error"'
    return words(value)


@pytest.mark.parametrize(("expression", "expected"), ROWS)
def test_unknown_arguments(expression: str, expected: str) -> None:
    """What of the result is known is known, and no more."""
    assert shown(expression) == expected


def test_every_function_has_a_row() -> None:
    """Each function of the table has a row with an argument that is not known."""
    called = " ".join(expression for expression, _ in ROWS)
    assert [name for name in functions() if f"{name}(" not in called] == []


CALLS = [(expression, expected) for expression, expected in ROWS if "var.u" in expected or "no_variable" in expected]


@pytest.mark.parametrize("expression", [expression for expression, _ in CALLS])
def test_an_unknown_names_its_choices(expression: str) -> None:
    """A result that depends on a variable names it."""
    assert "var.u" in choices_in(value_of(expression, HERE, NAMES))


def test_equal_calls_are_one_unknown() -> None:
    """The same function of the same arguments is the same value, of others another one."""
    first, second = (value_of("[md5(u), md5(u)]", HERE, NAMES), value_of("[md5(u), md5(v)]", HERE, NAMES))
    assert isinstance(first, List)
    assert isinstance(second, List)
    assert first.items[0] == first.items[1]
    assert second.items[0] != second.items[1]


def test_a_call_of_something_nameless_is_nameless() -> None:
    """What cannot be told apart has no identity after a call either."""
    found = value_of("md5(anonymous)", HERE, NAMES)
    assert isinstance(found, Unknown)
    assert not found.identity
