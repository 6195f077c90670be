// Tables: sorted by their headings, found by a part of a name, downloaded as CSV; then the page begins.
const LIKE_A_FORMULA = /^'*[=+\-@\t\r]/; // as csv_text.py: a spreadsheet must not run it
const quoted = text => /[",\r\n]|^\s|\s$/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
function cellOf(cell) {
  if (cell.dataset.v !== undefined) return cell.dataset.v;
  const text = cell.textContent.trim();
  if (!cell.classList.contains("n")) return quoted(LIKE_A_FORMULA.test(text) ? "'" + text : text);
  const plain = text.replaceAll(",", "").replace("−", "-");
  return quoted(text !== "" && Number.isFinite(Number(plain)) ? plain : text);
}
function csvOf(table) {
  const heads = [...table.tHead.rows[0].cells], shown = heads.map((_, k) => k).filter(k => !heads[k].hasAttribute("data-skip"));
  const rows = [...table.tBodies[0].rows], isCited = rows.some(row => row.dataset.cite);
  const first = shown.map(k => quoted(heads[k].dataset.h || heads[k].textContent.trim()));
  const line = row => [...shown.map(k => cellOf(row.cells[k])), ...(isCited ? [quoted(row.dataset.cite || "")] : []), plan.run];
  return [[...first, ...(isCited ? ["Citation"] : []), "Run"], ...rows.map(line)];
}
function save(rows, name) {
  const file = new Blob(["\ufeff", rows.map(row => row.join(",")).join("\r\n"), "\r\n"], {type: "text/csv;charset=utf-8"}); // the mark tells Excel that it is UTF-8
  const link = make("a", {href: URL.createObjectURL(file), download: ("placeplan-" + plan.run + "-" + name).replace(/[^\w-]/g, "_") + ".csv"});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  say(rows.length - 1 + " rows saved");
}
function downloadButton(table, words) {
  const button = make("button", {type: "button", class: "download"}, "Download CSV", make("span", {class: "visually-hidden"}, ": " + words));
  button.addEventListener("click", () => save(csvOf(table), table.dataset.file));
  return button;
}
function sortable(table) {
  const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
  const key = (row, column) => row.cells[column].dataset.v ?? row.cells[column].textContent.trim();
  heads.forEach((head, column) => {
    if (head.hasAttribute("data-skip")) return;
    const button = make("button", {type: "button"}, ...head.childNodes);
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending", numeric = head.classList.contains("n");
      heads.forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const order = (a, b) => numeric ? key(a, column) - key(b, column) : key(a, column).localeCompare(key(b, column), "en-GB", {numeric: true});
      body.append(...[...body.rows].sort((a, b) => down ? order(b, a) : order(a, b)));
    });
  });
}
// A region takes the focus only while there is something to scroll.
const watched = new ResizeObserver(entries => entries.forEach(({target}) => {
  if (target.scrollWidth > target.clientWidth + 1 || target.scrollHeight > target.clientHeight + 1) target.setAttribute("tabindex", 0);
  else target.removeAttribute("tabindex");
}));
document.querySelectorAll("table[data-file]").forEach(table => {
  if (table.classList.contains("sortable")) sortable(table);
  table.parentElement.after(downloadButton(table, table.caption.textContent));
  watched.observe(table.parentElement);
});
find("zones-by-year").addEventListener("click", () => save([
  ["Zone", "Name", "Community", "Academic year", "Children (number)", "Without a place (number)", "Run"],
  ...zones.code.flatMap((code, k) => plan.years.map((name, t) => [code, zones.name[k], plan.areas[zones.area[k]]]
    .map(text => quoted(LIKE_A_FORMULA.test(text) ? "'" + text : text)).concat([name, zones.children[k][t], zones.without[k][t], plan.run]))),
], "zones-by-year"));
find("schools-by-year").addEventListener("click", () => save([
  ["URN or site", "School", "Academic year", "On roll (pupils)", "Places (number)", "Joining (children)", "Run"],
  ...schools.filter(school => school.roll).flatMap(school => plan.years.map((name, t) => [school.urn, school.name]
    .map(text => quoted(LIKE_A_FORMULA.test(text) ? "'" + text : text)).concat([name, school.roll[t], school.places[t], school.joining[t] || 0, plan.run]))),
], "schools-by-year"));
find("find").addEventListener("input", event => {
  const wanted = event.target.value.trim().toLowerCase(), rows = [...find("school-table").tBodies[0].rows];
  rows.forEach(row => { row.hidden = !row.textContent.toLowerCase().includes(wanted); });
  const found = rows.filter(row => !row.hidden).length;
  find("found").textContent = found + (found === 1 ? " school" : " schools");
});

// Paper shows what is folded on the screen, but for long lists.
let folds = [];
window.addEventListener("beforeprint", () => {
  folds = [...document.querySelectorAll("details:not([open]):not(.long)")];
  folds.forEach(one => { one.open = true; });
});
window.addEventListener("afterprint", () => folds.forEach(one => { one.open = false; }));

fillList();
paint();
fit();
document.documentElement.classList.add("live");
requestAnimationFrame(() => {
  fit(); // the frame decides how large the marks are
  document.documentElement.dataset.ready = "yes";
  performance.mark("map drawn");
});
