// The map: its years, its layers, what is chosen on it, and moving about it.
const map = find("plan-map"), slider = find("year"), subject = find("subject"), over = find("over"), every = find("every");
const zoneShapes = [...find("zones").children], areaShapes = [...find("areas").children];
const marks = [...map.querySelectorAll(".mark")], schoolMarks = [...find("schools-drawn").children];
const labels = [...find("labels").children].map(label => ({label, x: Number(label.getAttribute("x")), y: Number(label.getAttribute("y")), letters: label.textContent.length}));
let year = last, chosen = "", view = {x: 0, y: 0, w: plan.width, h: plan.height};

// ── a year ──
function spareBand(school, t) {
  const places = school.places[t];
  return plan.bands.spare[bandOf(places > 0 ? (places - school.roll[t]) / places : -1, plan.bands.spare)];
}
const MODES = {
  change: {value: (k, t) => zones.children[k][t] - zones.children[k][0], words: n => signed(n) + " children since " + plan.years[0], title: name => "Change in children, " + plan.years[0] + " to " + name},
  children: {value: (k, t) => zones.children[k][t], words: n => people(n) + " children", title: name => "Children who need a place, " + name},
  without: {value: (k, t) => zones.without[k][t], words: n => people(n) + " without a place", title: name => "Children without a place, " + name},
};
function paint() {
  const name = plan.years[year], mode = MODES[find("colour").value], bands = plan.bands[find("colour").value];
  zoneShapes.forEach((shape, k) => {
    const value = mode.value(k, year);
    shape.setAttribute("fill", bands[bandOf(value, bands)][1]);
    shape.firstElementChild.textContent = zones.name[k] + ": " + mode.words(value) + ", " + name;
  });
  schoolMarks.forEach(paintSchool);
  const words = people(sum(zones.children.map(of => of[year]))) + " children need a place; " + people(sum(zones.without.map(of => of[year]))) + " without one";
  find("year-name").textContent = name;
  find("year-words").textContent = words + ".";
  slider.setAttribute("aria-valuetext", name + ": " + words);
  map.setAttribute("aria-label", "Map of zones and schools, " + name);
  find("zone-legend-title").textContent = mode.title(name);
  find("zone-legend").replaceChildren(...bands.map(([, colour, told]) =>
    make("li", {}, make("svg", {viewBox: "0 0 20 14", "aria-hidden": "true"}, make("rect", {width: 20, height: 14, fill: colour})), told)));
  if (find("layer-every").checked) drawEvery();
  show();
}
function paintSchool(mark, k) {
  const school = schools[k], name = plan.years[year];
  if (!school.roll) { mark.setAttribute("aria-label", school.name + ", outside the plan"); return; }
  const open = isOpen(school, year), band = spareBand(school, year), dot = mark.querySelector(".dot");
  const radius = Math.min(10, Math.max(4, 2.5 + Math.sqrt(school.roll[year]) / 5)).toFixed(1); // as map_drawing._radius
  mark.classList.toggle("shut", !open);
  dot.setAttribute("fill", open ? band[1] : "#ffffff");
  if (school.new) for (const [key, value] of Object.entries({x: -radius, y: -radius, width: 2 * radius, height: 2 * radius})) dot.setAttribute(key, value);
  else dot.setAttribute("r", radius);
  const words = school.name + (open ? ": " + people(school.roll[year]) + " on roll, " + people(school.places[year]) + " places, " + band[2] : ": not open") + ", " + name;
  mark.setAttribute("aria-label", words);
  mark.querySelector("title").textContent = words;
}

// ── journeys ──
const middle = ([kind, place]) => (kind === "zone" ? zones.at : plan.areas_at)[place];
function lines(k, widest) {
  const {x, y} = schoolMarks[k].dataset;
  return schools[k].from.filter(one => one[3][year] > 0).map(one => {
    const [left, top] = middle(one), line = make("line", {x1: left, y1: top, x2: x, y2: y, class: one[0]});
    line.style.strokeWidth = (1 + 4 * Math.sqrt(Math.min(1, one[3][year] / widest))).toFixed(1) + "px";
    return line;
  });
}
function drawEvery() {
  const widest = Math.max(1, ...schools.flatMap(school => school.from.map(one => one[3][year])));
  every.replaceChildren(...schools.flatMap((_, k) => lines(k, widest)));
}
function outline(k) {
  const here = schools[k].from.filter(one => one[3][year] > 0);
  const shapes = here.map(([kind, place]) => make("path", {d: (kind === "zone" ? zoneShapes : areaShapes)[place].getAttribute("d"), class: kind === "zone" ? "" : "around"}));
  over.replaceChildren(...shapes, ...lines(k, Math.max(1, ...here.map(one => one[3][year]))));
}

// ── what is chosen ──
function show() {
  const kind = chosen.slice(0, 1), k = Number(chosen.slice(1));
  schoolMarks.forEach((mark, place) => mark.setAttribute("aria-pressed", kind === "s" && place === k));
  map.classList.toggle("one-chosen", kind === "s");
  fillPanel(chosen, year);
  if (kind === "s") outline(k);
  else over.replaceChildren(...(kind === "z" ? [make("path", {d: zoneShapes[k].getAttribute("d")})] : []));
}
function choose(what, aloud) {
  if (chosen === what) return;
  chosen = subject.value = what;
  show();
  if (!aloud) return;
  const k = Number(what.slice(1));
  say(!what ? "Nothing chosen" : what[0] === "z" ? zones.name[k] + ": " + zoneWords(k, year) : schools[k].name + ": " + (schools[k].roll ? schoolWords(schools[k], year) : "outside the plan"));
}
function fillList() {
  [["Schools", "s", schools.map(s => s.name)], ["Zones", "z", zones.name]].forEach(([label, kind, names]) => {
    const entries = names.map((name, k) => [name, kind + k]).sort((a, b) => a[0].localeCompare(b[0], "en-GB", {numeric: true}));
    subject.append(make("optgroup", {label}, ...entries.map(([name, value]) => make("option", {value}, name.length > 60 ? name.slice(0, 59) + "…" : name))));
  });
}

// ── moving about ──
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
  const u = unit(), isSmall = plan.width / u < 480 && view.w >= plan.width * .999; // pixels: on a phone marks as large as elsewhere would hide the names
  map.classList.toggle("small", isSmall);
  marks.forEach(mark => mark.setAttribute("transform", `translate(${mark.dataset.x} ${mark.dataset.y}) scale(${((isSmall && !mark.classList.contains("school") ? .6 : 1) * u).toFixed(3)})`));
  map.insertBefore(find("labels"), isSmall ? find("schools-drawn").nextSibling : find("options-drawn"));
  find("labels").setAttribute("font-size", (13 * u).toFixed(1));
  fitLabels(13 * u);
  find("scale").style.display = view.w < plan.width * .999 ? "none" : "";
  find("scale").lastElementChild.setAttribute("font-size", (12 * u).toFixed(1));
}
function fitLabels(letter) { // where the drawing is small, the names of the largest communities alone have room
  const taken = [];
  labels.forEach(({label, x, y, letters}) => {
    const half = (.3 * letters + .4) * letter;
    const isFree = !taken.some(other => Math.abs(other.x - x) < other.half + half && Math.abs(other.y - y) < 1.1 * letter);
    label.style.display = isFree ? "" : "none";
    if (isFree) taken.push({x, y, half});
  });
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
  choose(mark ? "s" + mark.dataset.k : zone ? "z" + zone.dataset.k : "", true);
});
const STEPS = {ArrowLeft: [-.12, 0], ArrowRight: [.12, 0], ArrowUp: [0, -.12], ArrowDown: [0, .12]};
map.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const at = schoolMarks.indexOf(event.target), step = STEPS[event.key];
  if (at >= 0 && step) goTo(at + Math.sign(step[0] + step[1]));
  else if (at >= 0 && (event.key === "Home" || event.key === "End")) goTo(event.key === "Home" ? 0 : schoolMarks.length - 1);
  else if (at >= 0 && (event.key === "Enter" || event.key === " ")) choose("s" + at, true);
  else if (event.key === "Escape") choose("", true);
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
subject.addEventListener("change", () => choose(subject.value, true));
document.querySelectorAll("[data-layer]").forEach(box => box.addEventListener("change", () => {
  map.classList.toggle("without-" + box.dataset.layer, !box.checked);
  if (box.id === "layer-every") every.replaceChildren();
  if (box.id === "layer-every" && box.checked) drawEvery();
}));
new ResizeObserver(fit).observe(map);

