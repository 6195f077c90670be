// Words, figures and elements that the other parts share.
const SVG = "http://www.w3.org/2000/svg";
const DRAWN = new Set(["svg", "g", "rect", "path", "line", "polyline", "text", "circle"]);
const plan = JSON.parse(document.getElementById("plan").textContent);
const find = id => document.getElementById(id);
const zones = plan.zones, schools = plan.schools, last = plan.years.length - 1;
const minus = text => text.replace("-", "−");
const people = n => n > 0 && n < 0.5 ? "under 1" : minus(Math.round(n).toLocaleString("en-GB"));
const signed = n => (Math.round(n) > 0 ? "+" : "") + minus(Math.round(n).toLocaleString("en-GB"));
const sum = values => values.reduce((all, one) => all + one, 0);
const bandOf = (value, bands) => bands.findIndex(band => band[0] === null || value < band[0]);
const say = words => { find("said").textContent = words; };
function make(name, attributes = {}, ...content) {
  const element = DRAWN.has(name) ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...content);
  return element;
}
