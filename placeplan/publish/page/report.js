"use strict";
(() => {
const SVG = "http://www.w3.org/2000/svg";
const plan = JSON.parse(document.getElementById("plan").textContent);
const find = id => document.getElementById(id);
const map = find("plan-map"), panel = find("panel"), slider = find("year"), subject = find("subject"), over = find("over");
const zoneShapes = [...find("zones").children], areaShapes = [...find("areas").children];
const marks = [...map.querySelectorAll(".mark")], schoolMarks = [...find("schools-drawn").children];
const zones = plan.zones, schools = plan.schools, last = plan.years.length - 1;
let year = last, chosen = "", view = {x: 0, y: 0, w: plan.width, h: plan.height};
document.documentElement.classList.add("live");

// ── words ──
const minus = text => text.replace("-", "−");
const people = n => n > 0 && n < 0.5 ? "under 1" : minus(Math.round(n).toLocaleString("en-GB"));
const signed = n => (Math.round(n) > 0 ? "+" : "") + minus(Math.round(n).toLocaleString("en-GB"));
const bandOf = (value, bands) => bands.findIndex(band => band[0] === null || value < band[0]);
const make = (name, attributes = {}, text = "") => {
  const isDrawn = ["svg", "rect", "path", "line", "polyline", "text", "circle"].includes(name);
  const element = isDrawn ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== "") element.textContent = text;
  return element;
};

// ── colours of a year ──
function spareBand(school, t) {
  const places = school.places[t];
  return plan.bands.spare[bandOf(places > 0 ? (places - school.roll[t]) / places : -1, plan.bands.spare)];
}
function zoneValue(k, t) {
  return find("colour").value === "change" ? zones.children[k][t] - zones.children[k][0] : zones.without[k][t];
}
function paint() {
  const mode = find("colour").value, bands = plan.bands[mode], name = plan.years[year];
  zoneShapes.forEach((shape, k) => {
    const value = zoneValue(k, year);
    shape.setAttribute("fill", bands[bandOf(value, bands)][1]);
    shape.firstElementChild.textContent = zones.name[k] + ": " + (mode === "change" ? signed(value) + " children since " + plan.years[0] : people(value) + " without a place") + ", " + name;
  });
  schoolMarks.forEach((mark, k) => {
    const school = schools[k];
    if (!school.roll) { mark.setAttribute("aria-label", school.name + ", outside the plan"); return; }
    const open = school.places[year] > 0 || school.roll[year] > 0, band = spareBand(school, year);
    mark.classList.toggle("shut", !open);
    mark.querySelector(".dot").setAttribute("fill", open ? band[1] : "#ffffff");
    const words = school.name + (open ? ": " + people(school.roll[year]) + " on roll, " + people(school.places[year]) + " places, " + band[2] : ": not open") + ", " + name;
    mark.setAttribute("aria-label", words);
    mark.querySelector("title").textContent = words;
  });
  find("year-name").textContent = name;
  slider.setAttribute("aria-valuetext", name);
  map.setAttribute("aria-label", "Map of zones and schools, " + name);
  find("zone-legend-title").textContent = mode === "change" ? "Change in children, " + plan.years[0] + " to " + name : "Children without a place, " + name;
  find("zone-legend").replaceChildren(...bands.map(([, colour, words]) => {
    const item = make("li"), swatch = make("svg", {viewBox: "0 0 20 14", "aria-hidden": "true"});
    swatch.append(make("rect", {width: 20, height: 14, fill: colour}));
    item.append(swatch, words);
    return item;
  }));
  show();
}

// ── the panel beside the map ──
function columns(values, limits, words) {
  const top = Math.max(1, ...values, ...(limits || [])), step = 300 / values.length;
  const svg = make("svg", {viewBox: "0 0 320 150", role: "img", "aria-label": words});
  values.forEach((value, t) => {
    const height = 100 * value / top;
    svg.append(make("rect", {x: 10 + t * step + step * .14, y: 118 - height, width: step * .72, height, fill: t === year ? "#12436d" : "#8fa9c0"}));
    if (limits && limits[t] > 0) svg.append(make("line", {x1: 10 + t * step, x2: 10 + (t + 1) * step, y1: 118 - 100 * limits[t] / top, y2: 118 - 100 * limits[t] / top, stroke: "#0b0c0c", "stroke-width": 2.5}));
    if (t === year) svg.append(make("text", {x: Math.min(290, Math.max(30, 10 + (t + .5) * step)), y: Math.max(12, 112 - height), "text-anchor": "middle", "font-weight": 700}, people(value)));
  });
  svg.append(make("line", {x1: 10, x2: 310, y1: 118, y2: 118, stroke: "#0b0c0c"}));
  svg.append(make("text", {x: 10, y: 138}, plan.years[0]));
  if (last > 0) svg.append(make("text", {x: 310, y: 138, "text-anchor": "end"}, plan.years[last]));
  return svg;
}
function yearTable(headings, rows) {
  const table = make("table"), head = make("tr");
  headings.forEach((words, k) => head.append(make("th", {scope: "col", class: k ? "n" : ""}, words)));
  const body = make("tbody"), top = make("thead");
  rows.forEach(row => {
    const line = make("tr");
    row.forEach((words, k) => line.append(make(k ? "td" : "th", k ? {class: "n"} : {scope: "row"}, words)));
    body.append(line);
  });
  top.append(head);
  table.append(top, body);
  const more = make("details");
  more.append(make("summary", {}, "Year by year"), table);
  return more;
}
function title(words) {
  const heading = make("h3");
  heading.append(make("bdi", {}, words));
  return heading;
}
function showSchool(k) {
  const school = schools[k], parts = [title(school.name)];
  parts.push(make("p", {class: "soft"}, (school.new ? "New school, " : "") + school.phase + ", years " + school.groups + ", " + school.community + " (" + school.urn + ")"));
  if (!school.roll) parts.push(make("p", {}, "This school is shown only. It is not part of the mainstream plan."));
  else {
    const spare = school.places[year] - school.roll[year];
    const open = school.places[year] > 0 || school.roll[year] > 0;
    const words = !open ? "Not open in " + plan.years[year] + "." : people(school.roll[year]) + " on roll in " + plan.years[year] + ", " + people(school.places[year]) + " places: " + (spare < 0 ? people(-spare) + " over full." : people(spare) + " spare.");
    parts.push(make("p", {}, words), columns(school.roll, school.places, "Pupils on roll (columns) and places (line) by year. " + words));
    parts.push(make("p", {class: "soft"}, "Columns: pupils on roll. Line: places."));
    parts.push(yearTable(["Year", "Roll", "Places", "Spare"], plan.years.map((name, t) => [name, people(school.roll[t]), people(school.places[t]), people(school.places[t] - school.roll[t])])));
    parts.push(...originsOf(school));
  }
  panel.replaceChildren(...parts);
  outline(k);
}
function originsOf(school) {
  if (!school.from.length) return [make("p", {}, "No origin sends it five children or more.")];
  const list = make("ul"), shown = school.from.slice(0, 8);
  shown.forEach(([kind, place, children]) => {
    const item = make("li");
    item.append(make("bdi", {}, kind === "zone" ? zones.name[place] : plan.areas[place]), (kind === "area" ? " (joining later): " : ": ") + people(children));
    list.append(item);
  });
  const rest = school.from.length - shown.length;
  if (rest > 0) list.append(make("li", {}, rest + " more, outlined on the map"));
  return [make("h3", {}, "Where children join from"), make("p", {class: "soft"}, "All years together; origins of five or more."), list];
}
function showZone(k) {
  const children = zones.children[k], without = zones.without[k];
  const words = people(children[year]) + " children need a place in " + plan.years[year] + ", " + signed(children[year] - children[0]) + " since " + plan.years[0] + ". Without a place: " + people(without[year]) + ".";
  const serving = schools.filter(s => s.from.some(([kind, place]) => kind === "zone" && place === k));
  const list = make("ul");
  serving.forEach(s => { const item = make("li"); item.append(make("bdi", {}, s.name)); list.append(item); });
  panel.replaceChildren(title(zones.name[k]), make("p", {class: "soft"}, "Zone " + zones.code[k] + ", " + plan.areas[zones.area[k]]), make("p", {}, words),
    columns(children, null, "Children by year. " + words),
    yearTable(["Year", "Children", "Without a place"], plan.years.map((name, t) => [name, people(children[t]), people(without[t])])),
    ...(serving.length ? [make("h3", {}, "Schools its children start at"), list] : []));
  over.replaceChildren(make("path", {d: zoneShapes[k].getAttribute("d")}));
}
function outline(k) {
  const school = schools[k], mark = schoolMarks[k].dataset, most = Math.max(1, ...school.from.map(one => one[2]));
  over.replaceChildren();
  school.from.forEach(([kind, place]) => {
    const shape = kind === "zone" ? zoneShapes[place] : areaShapes[place];
    over.append(make("path", {d: shape.getAttribute("d"), class: kind === "zone" ? "" : "around"}));
  });
  school.from.filter(one => one[0] === "zone").forEach(([, place, children]) => {
    const [x, y] = zones.at[place];
    const line = make("line", {x1: x, y1: y, x2: mark.x, y2: mark.y});
    line.style.strokeWidth = 1 + 4 * Math.sqrt(children / most) + "px";
    over.append(line);
  });
}
function show() {
  const [kind, k] = [chosen.slice(0, 1), Number(chosen.slice(1))];
  schoolMarks.forEach((mark, place) => mark.setAttribute("aria-pressed", kind === "s" && place === k));
  map.classList.toggle("one-chosen", kind === "s");
  if (kind === "s") showSchool(k);
  else if (kind === "z") showZone(k);
  else {
    over.replaceChildren();
    panel.replaceChildren(make("h3", {}, "No school chosen"), make("p", {}, "Choose a school to see its roll, its places year by year, and where its children come from; or a zone to see its children."));
  }
}
function choose(what) {
  if (chosen === what) return;
  chosen = subject.value = what;
  show();
}
function fillList() {
  const groups = [["Schools", schools.map((s, k) => [s.name, "s" + k])], ["Zones", zones.name.map((name, k) => [name, "z" + k])]];
  groups.forEach(([label, entries]) => {
    const group = make("optgroup", {label});
    entries.sort((a, b) => a[0].localeCompare(b[0], "en-GB", {numeric: true})).forEach(([name, value]) => group.append(make("option", {value}, name.length > 60 ? name.slice(0, 59) + "…" : name)));
    subject.append(group);
  });
}

// ── moving about the map ──
const unit = () => 1 / (map.getScreenCTM() || {a: 1}).a;
function look(next) {
  const w = Math.min(plan.width, Math.max(plan.width / 40, next.w)), h = w * plan.height / plan.width;
  const inside = (at, size, whole) => Math.min(Math.max(at, 0), whole - size);
  view = {x: inside(next.x, w, plan.width), y: inside(next.y, h, plan.height), w, h};
  map.setAttribute("viewBox", [view.x, view.y, w, h].map(n => n.toFixed(1)).join(" "));
  map.classList.toggle("close", w < plan.width * .999);
  fit();
}
function fit() {
  const u = unit();
  marks.forEach(mark => mark.setAttribute("transform", `translate(${mark.dataset.x} ${mark.dataset.y}) scale(${u.toFixed(3)})`));
  find("labels").setAttribute("font-size", (13 * u).toFixed(1));
  find("scale").style.display = view.w < plan.width * .999 ? "none" : "";
  find("scale").lastElementChild.setAttribute("font-size", (12 * u).toFixed(1));
}
function zoom(factor, at = {x: view.x + view.w / 2, y: view.y + view.h / 2}) {
  const w = Math.min(plan.width, Math.max(plan.width / 40, view.w * factor)), real = w / view.w;
  look({x: at.x - (at.x - view.x) * real, y: at.y - (at.y - view.y) * real, w});
}
const pan = (x, y) => look({...view, x: view.x + x * view.w, y: view.y + y * view.h});
const pointAt = event => new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse());
map.addEventListener("wheel", event => {
  if (event.deltaY > 0 && view.w >= plan.width * .999) return; // all is in view: let the page scroll
  event.preventDefault();
  zoom(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) / 250), pointAt(event));
}, {passive: false});
const held = new Map();
let moved = 0, spread = 0;
map.addEventListener("pointerdown", event => { held.set(event.pointerId, event); if (held.size === 1) moved = 0; spread = 0; });
window.addEventListener("pointermove", event => {
  const before = held.get(event.pointerId);
  if (!before) return;
  const u = unit();
  held.set(event.pointerId, event);
  if (held.size === 2) {
    const [a, b] = [...held.values()], now = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
    if (spread > 0) zoom(spread / now, pointAt({clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2}));
    spread = now;
    moved = 99;
    return;
  }
  moved += Math.abs(event.clientX - before.clientX) + Math.abs(event.clientY - before.clientY);
  if (moved > 5) { map.classList.add("dragged"); look({...view, x: view.x - (event.clientX - before.clientX) * u, y: view.y - (event.clientY - before.clientY) * u}); }
});
for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, event => { held.delete(event.pointerId); spread = 0; map.classList.remove("dragged"); });
map.addEventListener("click", event => {
  if (moved > 5) return;
  const mark = event.target.closest(".school"), zone = event.target.closest("#zones path");
  if (mark) choose("s" + mark.dataset.k);
  else choose(zone ? "z" + zone.dataset.k : "");
});
const STEPS = {ArrowLeft: [-.12, 0], ArrowRight: [.12, 0], ArrowUp: [0, -.12], ArrowDown: [0, .12]};
map.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const at = schoolMarks.indexOf(event.target), step = STEPS[event.key];
  if (at >= 0 && step) goTo(at + Math.sign(step[0] + step[1]));
  else if (at >= 0 && (event.key === "Home" || event.key === "End")) goTo(event.key === "Home" ? 0 : schoolMarks.length - 1);
  else if (at >= 0 && (event.key === "Enter" || event.key === " ")) choose("s" + at);
  else if (event.key === "Escape") choose("");
  else if (step) pan(...step);
  else if (event.key === "+" || event.key === "=") zoom(.7);
  else if (event.key === "-" || event.key === "−") zoom(1 / .7);
  else if (event.key === "0") look({x: 0, y: 0, w: plan.width});
  else return;
  event.preventDefault();
});
function goTo(place) {
  const next = schoolMarks[Math.min(schoolMarks.length - 1, Math.max(0, place))];
  schoolMarks.forEach(mark => mark.setAttribute("tabindex", mark === next ? 0 : -1));
  const {x, y} = next.dataset;
  if (x < view.x || y < view.y || x > view.x + view.w || y > view.y + view.h) look({...view, x: x - view.w / 2, y: y - view.h / 2});
  next.focus({preventScroll: true});
}
document.addEventListener("focusin", event => { // on the drawing itself it would make a focus stop of its group
  const mark = event.target.closest(".school");
  if (!mark || !mark.matches(":focus-visible")) return;
  choose("s" + mark.dataset.k);
});
find("nearer").addEventListener("click", () => zoom(.6));
find("further").addEventListener("click", () => zoom(1 / .6));
find("whole").addEventListener("click", () => look({x: 0, y: 0, w: plan.width}));
slider.addEventListener("input", () => { year = Number(slider.value); paint(); });
find("colour").addEventListener("change", paint);
subject.addEventListener("change", () => choose(subject.value));
find("refused").addEventListener("change", event => map.classList.toggle("with-refused", event.target.checked));
new ResizeObserver(fit).observe(map);

// ── tables ──
document.querySelectorAll("table.sortable").forEach(table => {
  const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
  const key = (row, column) => row.cells[column].dataset.v ?? row.cells[column].textContent.trim();
  heads.forEach((head, column) => {
    const button = make("button", {type: "button"}, head.textContent);
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending", numeric = head.classList.contains("n");
      heads.forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const order = (a, b) => numeric ? key(a, column) - key(b, column) : key(a, column).localeCompare(key(b, column), "en-GB", {numeric: true});
      body.append(...[...body.rows].sort((a, b) => down ? order(b, a) : order(a, b)));
    });
  });
});
find("find").addEventListener("input", event => {
  const wanted = event.target.value.trim().toLowerCase(), rows = [...find("school-table").tBodies[0].rows];
  rows.forEach(row => { row.hidden = !row.textContent.toLowerCase().includes(wanted); });
  find("found").textContent = rows.filter(row => !row.hidden).length + " schools";
});
window.addEventListener("beforeprint", () => document.querySelectorAll("details").forEach(one => { one.open = true; }));
fillList();
paint();
fit();
document.documentElement.dataset.ready = "yes";
})();
