
"use strict";
// The data get into the page as text alone: nothing here writes markup.
const data = JSON.parse(document.getElementById("data").textContent);
const at = (id) => document.getElementById(id);
// A report about a change has other words for the same five kinds.
const { signs = {}, names = {}, titles = {} } = data.words ?? {};
const SIGNS = { broken: "✗", warning: "!", unproven: "?", holds: "✓", suppressed: "–", ...signs };
const NAMES = { broken: "broken", warning: "warning", unproven: "unproven", holds: "holds", suppressed: "suppressed", ...names };
for (const [id, title] of Object.entries(titles)) at(id).textContent = title;
const ORDER = ["broken", "warning", "unproven", "suppressed", "holds"];
const MOST_NODES = 120; // of one column of the picture; the worst come first
const SVG = "http://www.w3.org/2000/svg";

function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in element) element[key] = value; else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}
function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
// Our sentences put names between backticks.
function sentence(said) {
  const pieces = said.split("`");
  if (pieces.length % 2 === 0) return [said];
  return pieces.map((piece, index) => (index % 2 ? make("code", { textContent: piece }) : piece));
}
const kindOf = (found) =>
  found.suppressed !== null ? "suppressed"
    : found.verdict === "broken" && found.level === "warning" ? "warning" : found.verdict;
const worst = (kinds) => ORDER.find((kind) => kinds.includes(kind));
const short = (name, most) => (name.length > most ? `${name.slice(0, most - 1)}…` : name);

// --- what there is
const rows = new Map();
const called = (number) => String(number).padStart(3, "0");
for (const found of data.findings) {
  found.kind = kindOf(found);
  const id = `${found.stack}\n${found.subject}`;
  if (!rows.has(id)) rows.set(id, { id, subject: found.subject, type: found.type, stack: found.stack, cells: new Map() });
  const { cells } = rows.get(id);
  if (!cells.has(found.rule)) cells.set(found.rule, []);
  cells.get(found.rule).push(found);
  found.text = [found.subject, found.type, found.stack, found.said, called(found.rule), found.key, found.principal, found.place,
    ...found.notes.map((note) => note.said)].join("\n").toLowerCase();
}
for (const row of rows.values()) row.kind = worst([...row.cells.values()].flat().map((found) => found.kind));
const sorted = [...rows.values()].sort((one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind));
const ruleNames = new Map(data.rules.map((rule) => [rule.number, rule]));

// --- filters
const chosen = { kinds: new Set(ORDER), rule: "", stack: "", words: [], node: null };
const isChosen = (found) =>
  chosen.kinds.has(found.kind)
  && (!chosen.rule || String(found.rule) === chosen.rule)
  && (!chosen.stack || found.stack === chosen.stack)
  && chosen.words.every((word) => found.text.includes(word))
  && (chosen.node === null || nodesOf(found).includes(chosen.node));
const nodesOf = (found) =>
  [found.principal && `p\n${found.stack}\n${found.principal}`, found.key && `k\n${found.stack}\n${found.key}`,
    `c\n${found.stack}\n${found.subject}`].filter(Boolean);

for (const kind of ORDER) {
  const count = data.findings.filter((found) => found.kind === kind).length;
  const box = make("input", { type: "checkbox", checked: true, value: kind });
  box.addEventListener("change", () => {
    if (box.checked) chosen.kinds.add(kind); else chosen.kinds.delete(kind);
    show();
  });
  at("verdicts").append(make("label", { className: kind }, box, ` ${SIGNS[kind]} ${NAMES[kind]} (${count}) `));
}
for (const rule of data.rules) at("rule").append(make("option", { value: rule.number, textContent: `${called(rule.number)} ${rule.name}` }));
for (const stack of new Set(sorted.map((row) => row.stack))) at("stack").append(make("option", { value: stack, textContent: stack }));
at("rule").addEventListener("change", (event) => { chosen.rule = event.target.value; show(); });
at("stack").addEventListener("change", (event) => { chosen.stack = event.target.value; show(); });
let waiting = 0;
at("search").addEventListener("input", (event) => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    chosen.words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    show();
  }, 120);
});
at("filters").addEventListener("submit", (event) => event.preventDefault());

// --- the matrix
function matrix() {
  const head = make("tr", {}, make("th", { scope: "col", textContent: "subject" }));
  for (const rule of data.rules) {
    const button = make("button", { type: "button", textContent: called(rule.number), title: rule.name, "aria-label": `rule ${called(rule.number)}, ${rule.name}` });
    button.addEventListener("click", () => open(`${called(rule.number)} ${rule.name}`, [make("pre", { textContent: rule.page })]));
    rule.heading = make("th", { scope: "col" }, button);
    head.append(rule.heading);
  }
  const body = make("tbody");
  for (const row of sorted) {
    const line = make("tr", {}, make("th", { scope: "row" }, make("code", { textContent: row.subject }), make("small", { textContent: `${row.type} · ${row.stack}` })));
    for (const rule of data.rules) line.append(cell(row, rule));
    row.element = line;
    row.boxes = [...line.children].slice(1);
    body.append(line);
  }
  at("matrix").append(make("thead", {}, head), body);
}
function cell(row, rule) {
  const found = row.cells.get(rule.number);
  if (!found) return make("td");
  const button = make("button", { type: "button" });
  const box = make("td", {}, button);
  found.cell = { box, button };
  button.addEventListener("click", () =>
    open(`${row.subject}: ${called(rule.number)} ${rule.name}`, found.filter(isChosen).map(article)));
  return box;
}
at("matrix").addEventListener("keydown", (event) => {
  const steps = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
  const step = steps[event.key];
  let box = event.target.closest("td");
  if (!step || !box) return;
  event.preventDefault();
  for (;;) {
    const line = step[0] ? (step[0] > 0 ? box.parentElement.nextElementSibling : box.parentElement.previousElementSibling) : box.parentElement;
    box = line && line.children[box.cellIndex + step[1]];
    if (!box || box.tagName !== "TD") return;
    const button = box.querySelector("button");
    if (button && !button.hidden && !box.hidden && !line.hidden) { button.focus(); return; }
  }
});

// --- the evidence
function article(found) {
  const rule = ruleNames.get(found.rule);
  const items = found.notes.map((note) =>
    make("li", {}, `${note.kind}: `, ...sentence(note.said), ...(note.place ? [" (", make("code", { textContent: note.place }), ")"] : []), ...source(note.at)));
  const told = make("article", { className: found.kind },
    make("h3", {}, `${called(found.rule)} ${rule.name}: ${NAMES[found.kind]}`),
    make("p", {}, make("code", { textContent: found.subject }), " ", ...sentence(found.said)),
    make("p", {}, make("code", { textContent: found.place })), ...source(found.at), make("ul", {}, ...items));
  if (found.routes.length && found.verdict !== "broken") told.append(make("p", { textContent: `by ${found.routes.join(", ")}` }));
  if (found.part_of !== null) told.append(make("p", { textContent: `part of ${found.part_of}: the same cause` }));
  if (found.suppressed !== null) told.append(make("p", { textContent: found.suppressed }));
  return told;
}
function source(place) {
  const lines = place && data.lines[place[0]];
  if (!lines || !Object.keys(lines).length) return [];
  const shown = make("pre", { tabIndex: 0, "aria-label": `lines of ${place[0]}` });
  for (let number = place[1] - 2; number <= place[2] + 2; number += 1) {
    if (!(number in lines)) continue;
    const inside = number >= place[1] && number <= place[2];
    shown.append(make("span", { className: "number", textContent: `${String(number).padStart(4)}  ` }),
      make(inside ? "mark" : "span", { textContent: lines[number] }), "\n");
  }
  return [shown];
}
function open(title, children) {
  at("evidence-title").textContent = title;
  at("evidence-body").replaceChildren(...children);
  at("evidence").showModal();
}
at("close").addEventListener("click", () => at("evidence").close());

// --- the picture
function picture(findings) {
  const columns = { p: new Map(), k: new Map(), c: new Map() };
  const edges = new Map();
  const join = (from, to, found) => {
    const id = `${from}\t${to}`;
    if (!edges.has(id)) edges.set(id, { from, to, kinds: [], routes: new Set() });
    edges.get(id).kinds.push(found.kind);
    for (const route of found.routes) edges.get(id).routes.add(route);
  };
  for (const found of findings) {
    if (!found.key) continue;
    const principal = `p\n${found.stack}\n${found.principal}`;
    const key = `k\n${found.stack}\n${found.key}`;
    const consumer = `c\n${found.stack}\n${found.subject}`;
    for (const [id, name] of [[principal, found.principal], [key, found.key], [consumer, found.subject]]) {
      const column = columns[id[0]];
      if (!name || (id === consumer && found.subject === found.key)) continue;
      if (!column.has(id)) column.set(id, { id, name, kinds: [], stack: found.stack });
      column.get(id).kinds.push(found.kind);
    }
    if (found.principal) join(principal, key, found);
    if (found.subject !== found.key) join(key, consumer, found);
  }
  const places = new Map();
  let height = 40;
  let left = 0;
  for (const [index, name] of ["p", "k", "c"].entries()) {
    const nodes = [...columns[name].values()];
    for (const node of nodes) node.kind = worst(node.kinds);
    nodes.sort((one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind));
    left += Math.max(0, nodes.length - MOST_NODES);
    nodes.slice(0, MOST_NODES).forEach((node, row) => places.set(node.id, { node, x: 12 + index * 330, y: 40 + row * 38 }));
    height = Math.max(height, 50 + Math.min(nodes.length, MOST_NODES) * 38);
  }
  const drawing = draw("svg", { viewBox: `0 0 940 ${height}`, role: "group", "aria-label": "principals, keys and consumers" });
  ["principals", "keys", "consumers"].forEach((name, index) =>
    drawing.append(draw("text", { x: 12 + index * 330, y: 22, class: "column" }, name)));
  for (const edge of edges.values()) {
    const from = places.get(edge.from), to = places.get(edge.to);
    if (!from || !to) continue;
    const [x1, y1, x2, y2] = [from.x + 256, from.y + 14, to.x, to.y + 14];
    const kind = worst(edge.kinds);
    const route = ["key policy", "delegation", "grant"].find((name) => edge.routes.has(name));
    const classes = [edge.from[0] === "p" && route ? `edge-${route.replace(" ", "-")}` : "", `edge-${kind}`].join(" ").trim();
    const told = `${from.node.name} → ${to.node.name}: ${NAMES[kind]}${edge.routes.size ? `, by ${[...edge.routes].join(", ")}` : ""}`;
    drawing.append(draw("path", { d: `M${x1} ${y1}C${x1 + 40} ${y1} ${x2 - 40} ${y2} ${x2} ${y2}`, class: classes }, draw("title", {}, told)));
  }
  for (const { node, x, y } of places.values()) {
    const group = draw("g", { role: "button", tabindex: 0, "aria-pressed": chosen.node === node.id, "data-node": node.id, "aria-label": `${node.name}, ${NAMES[node.kind]}, in ${node.stack}` },
      draw("title", {}, `${node.name} (${node.stack})`), draw("rect", { x, y, width: 256, height: 28, rx: 5 }),
      draw("text", { x: x + 8, y: y + 19 }, `${SIGNS[node.kind]} ${short(node.name, 29)}`));
    const choose = () => {
      chosen.node = chosen.node === node.id ? null : node.id;
      show();
      const again = [...at("picture").querySelectorAll("g[data-node]")].find((each) => each.dataset.node === node.id);
      if (again) again.focus();
    };
    group.addEventListener("click", choose);
    group.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose();
    });
    drawing.append(group);
  }
  at("picture").replaceChildren(drawing);
  if (left) at("picture").append(make("p", { textContent: `${left} more are not drawn: filter for them.` }));
}
for (const [classes, name] of [["edge-key-policy", "key policy"], ["edge-delegation", "delegation"], ["edge-grant", "grant"], ["edge-broken", NAMES.broken], ["edge-unproven", NAMES.unproven]]) {
  at("legend").append(make("span", {}, legendLine(classes), name));
}
function legendLine(classes) {
  const line = draw("svg", { width: 34, height: 10, "aria-hidden": true }, draw("path", { d: "M0 5H34", class: classes, stroke: "currentColor", "stroke-width": 2, fill: "none" }));
  return line;
}

// --- everything anew
function show() {
  const findings = data.findings.filter(isChosen);
  const visible = new Set(findings);
  let shownRows = 0;
  for (const row of sorted) {
    let any = false;
    for (const found of row.cells.values()) {
      const kind = worst(found.filter((each) => visible.has(each)).map((each) => each.kind));
      const { box, button } = found.cell;
      button.hidden = !kind;
      if (!kind) continue;
      any = true;
      box.className = kind;
      button.textContent = SIGNS[kind];
      button.setAttribute("aria-label", `${row.subject}, rule ${called(found[0].rule)}: ${NAMES[kind]}`);
    }
    row.element.hidden = !any;
    shownRows += any;
  }
  const used = new Set(findings.map((found) => found.rule));
  data.rules.forEach((rule, index) => {
    if (rule.heading.hidden === !used.has(rule.number)) return;
    rule.heading.hidden = !used.has(rule.number);
    for (const row of sorted) row.boxes[index].hidden = rule.heading.hidden;
  });
  const open = findings.filter((found) => ["broken", "warning", "unproven"].includes(found.kind) && found.part_of === null);
  open.sort((one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind));
  at("list").replaceChildren(...open.slice(0, 300).map(article));
  if (open.length > 300) at("list").append(make("p", { textContent: `${open.length - 300} more: filter for them.` }));
  if (!open.length) at("list").append(make("p", { textContent: "Nothing of what is chosen." }));
  at("count").textContent = `${shownRows} of ${sorted.length} subjects, ${findings.length} of ${data.findings.length} verdicts`;
  picture(findings);
}

// --- light and dark
const dark = matchMedia("(prefers-color-scheme: dark)");
function paint(isDark) {
  document.documentElement.classList.toggle("dark", isDark);
  at("theme").setAttribute("aria-pressed", String(isDark));
}
at("theme").addEventListener("click", () => paint(!document.documentElement.classList.contains("dark")));
dark.addEventListener("change", (event) => paint(event.matches));
paint(dark.matches);

at("summary").textContent = data.summary;
const said = [
  ...data.failures.map((each) => make("li", { className: "broken" }, make("code", { textContent: each.place }), ` ${each.said}`)),
  ...data.skipped.map((each) => make("li", {}, make("code", { textContent: each.place }), ` skipped: ${each.said}`)),
  ...data.notices.map((each) => make("li", {}, make("code", { textContent: each.place }), " ", ...sentence(each.said))),
  ...data.settings.map((each) => make("li", {}, ...sentence(each))),
];
if (said.length) { at("said").hidden = false; at("said").firstElementChild.append(...said); }
matrix();
show();
