// The panel beside the map: one school or one zone, year by year.
const panel = find("panel");
const originName = ([kind, place]) => kind === "zone" ? zones.name[place] : plan.areas[place] + " (community)";
const isOpen = (school, t) => school.places[t] > 0 || school.roll[t] > 0;

function title(words) {
  return make("h3", {}, make("bdi", {}, words));
}
function columns(values, limits, words, t) {
  const top = Math.max(1, ...values, ...(limits || [])), step = 300 / values.length;
  const svg = make("svg", {viewBox: "0 0 320 150", role: "img", "aria-label": words});
  values.forEach((value, k) => {
    const height = 100 * value / top;
    svg.append(make("rect", {x: 10 + k * step + step * .14, y: 118 - height, width: step * .72, height, class: k === t ? "bar" : "bar other"}));
    if (limits && limits[k] > 0) svg.append(make("line", {x1: 10 + k * step, x2: 10 + (k + 1) * step, y1: 118 - 100 * limits[k] / top, y2: 118 - 100 * limits[k] / top, class: "limit"}));
    if (k === t) svg.append(make("text", {x: Math.min(290, Math.max(30, 10 + (k + .5) * step)), y: Math.max(12, 112 - height), "text-anchor": "middle", "font-weight": 700}, people(value)));
  });
  svg.append(make("line", {x1: 10, x2: 310, y1: 118, y2: 118, class: "axis"}), make("text", {x: 10, y: 138}, plan.years[0]));
  if (last > 0) svg.append(make("text", {x: 310, y: 138, "text-anchor": "end"}, plan.years[last]));
  return svg;
}
function folded(id, words, file, headings, rows, isShown, note = "") {
  const line = (cells, isHead) => make("tr", {}, ...cells.map((cell, k) => isHead
    ? make("th", {scope: "col", class: k ? "n" : ""}, cell)
    : make(k ? "td" : "th", k ? {class: "n"} : {scope: "row"}, k ? cell : make("bdi", {}, cell))));
  const table = make("table", {"data-file": file, "aria-label": words}, make("thead", {}, line(headings, true)), make("tbody", {}, ...rows.map(row => line(row))));
  const details = make("details", {id}, make("summary", {}, words), make("div", {class: "scroll", role: "region", "aria-label": words, tabindex: 0}, table), downloadButton(table, words), make("span", {class: "soft"}, note));
  details.open = isShown;
  return details;
}
function schoolParts(school, t, open) {
  const parts = [title(school.name)];
  parts.push(make("p", {class: "soft"}, (school.new ? "New school, " : "") + school.phase + ", years " + school.groups + ", ", make("bdi", {}, school.community), " (" + school.urn + ")"));
  if (!school.roll) return [...parts, make("p", {}, "This school is shown only. It is not part of the mainstream plan.")];
  const words = schoolWords(school, t);
  parts.push(make("p", {}, words), columns(school.roll, school.places, "Pupils on roll (columns) and places (line) by year. " + words, t));
  parts.push(make("p", {class: "soft"}, "Columns: pupils on roll. Line: places."));
  const rows = plan.years.map((name, k) => [name, people(school.roll[k]), people(school.places[k]), people(school.places[k] - school.roll[k]), people(school.joining[k] || 0)]);
  parts.push(folded("years-of-one", "Roll and places, year by year", "school-" + school.urn, ["Year", "Roll", "Places", "Spare", "Joining"], rows, open.has("years-of-one")));
  return [...parts, ...originParts(school, t, open)];
}
function schoolWords(school, t) {
  if (!isOpen(school, t)) return "Not open in " + plan.years[t] + ".";
  const spare = school.places[t] - school.roll[t];
  return people(school.roll[t]) + " on roll in " + plan.years[t] + ", " + people(school.places[t]) + " places: " + (spare < 0 ? people(-spare) + " over full." : people(spare) + " spare.");
}
function originParts(school, t, open) {
  const parts = [make("h3", {}, "Where children join from in " + plan.years[t])];
  const here = school.from.filter(one => one[3][t] > 0).sort((a, b) => b[3][t] - a[3][t]), joining = school.joining[t] || 0;
  const list = make("ul", {}, ...here.slice(0, 8).map(one => make("li", {}, make("bdi", {}, originName(one)), ": " + people(one[3][t]))));
  const told = sum(here.map(one => one[3][t])), more = here.length - 8;
  let words = joining > 0 ? people(joining) + " children join in all" : "Nobody joins in this year";
  if (joining > 0 && told < joining) words += "; origins of fewer than five are left out";
  if (more > 0) words += "; " + more + " more origins stand in the table";
  parts.push(make("p", {class: "soft"}, words + "."));
  if (here.length) parts.push(list);
  if (!school.from.length) return parts;
  const rows = school.from.map(one => [originName(one), ...[one[2], ...one[3]].map(n => n > 0 ? people(n) : "–")]);
  return [...parts, folded("journeys-of-one", "Journeys to it, year by year", "journeys-" + school.urn, ["From", "On roll " + plan.base, ...plan.years.map(name => "Joining " + name)], rows, open.has("journeys-of-one"), "–: fewer than five. Reception joins from zones, later years from whole communities")];
}
function zoneParts(k, t, open) {
  const children = zones.children[k], without = zones.without[k], words = zoneWords(k, t);
  const serving = schools.filter(s => s.from.some(([kind, place]) => kind === "zone" && place === k));
  const rows = plan.years.map((name, n) => [name, people(children[n]), people(without[n])]);
  const parts = [title(zones.name[k]), make("p", {class: "soft"}, "Zone " + zones.code[k] + ", ", make("bdi", {}, plan.areas[zones.area[k]])), make("p", {}, words),
    columns(children, null, "Children by year. " + words, t), folded("years-of-one", "Children, year by year", "zone-" + zones.code[k], ["Year", "Children", "Without a place"], rows, open.has("years-of-one"))];
  if (serving.length) parts.push(make("h3", {}, "Schools its children start at"), make("ul", {}, ...serving.map(s => make("li", {}, make("bdi", {}, s.name)))));
  return parts;
}
function zoneWords(k, t) {
  const children = zones.children[k];
  return people(children[t]) + " children need a place in " + plan.years[t] + ", " + signed(children[t] - children[0]) + " since " + plan.years[0] + ". Without a place: " + people(zones.without[k][t]) + ".";
}
function fillPanel(chosen, t) {
  const open = new Set([...panel.querySelectorAll("details[open]")].map(one => one.id)), kind = chosen.slice(0, 1), k = Number(chosen.slice(1));
  if (kind === "s") panel.replaceChildren(...schoolParts(schools[k], t, open));
  else if (kind === "z") panel.replaceChildren(...zoneParts(k, t, open));
  else panel.replaceChildren(make("h3", {}, "No school chosen"), make("p", {}, "Choose a school to see its roll, its places and its journeys year by year; or a zone to see its children."));
}
