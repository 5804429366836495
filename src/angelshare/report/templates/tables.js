"use strict";
// Order, filters and pages of tables, and the theme. Without scripts everything stands there in full.

// What a cell is sorted by: its own value, else the number that it begins with (81K, 3.1×, −7.2), else its text.
const SCALES = { K: 1e3, M: 1e6, G: 1e9 };
function sortKey(cell) {
  if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
  const text = cell.textContent.trim();
  const number = /^[<+]?\s*(-?[\d.]+)\s*([KMG]?)(?=$|[^\w.-])/.exec(text.replace("\u2212", "-").replaceAll(",", ""));
  return number && cell.classList.contains("num") ? Number(number[1]) * (SCALES[number[2]] ?? 1) : text;
}

function compareKeys(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  return a.localeCompare(b, undefined, { numeric: true });
}

// Turns headers into buttons; each press calls back with the column and the direction.
function sortable(headers, onOrder) {
  headers.forEach(([header, column]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    button.addEventListener("click", () => {
      const descending = header.getAttribute("aria-sort") === "ascending";
      headers.forEach(([other]) => other.removeAttribute("aria-sort"));
      header.setAttribute("aria-sort", descending ? "descending" : "ascending");
      onOrder(column, descending ? -1 : 1);
    });
    header.replaceChildren(button);
  });
}

function ordered(rows, column, sign) {
  const keys = new Map(rows.map((row) => [row, sortKey(row.cells[column])]));
  return rows.sort((a, b) => sign * compareKeys(keys.get(a), keys.get(b)));
}

// What must be done before and after printing, by each table.
const printed = [];
const MOST_PRINTED = 100;

document.querySelectorAll(".explorer").forEach((explorer) => {
  const body = explorer.querySelector("tbody");
  const rows = Array.from(body.rows);
  const search = explorer.querySelector("input[type=search]");
  const filters = Array.from(explorer.querySelectorAll("select"));
  const pages = explorer.querySelector(".pages");
  const [back, forth] = pages.querySelectorAll("button");
  const pageSize = Number(explorer.dataset.pageSize);
  const haystacks = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  let page = 0;

  function show() {
    const wanted = search.value.trim().toLowerCase();
    const kept = rows.filter((row) =>
      haystacks.get(row).includes(wanted)
      && filters.every((f) => f.value === "" || row.cells[f.dataset.column].textContent === f.value));
    const last = Math.max(0, Math.ceil(kept.length / pageSize) - 1);
    page = Math.min(page, last);
    body.replaceChildren(...kept.slice(page * pageSize, (page + 1) * pageSize));
    explorer.querySelector(".found").textContent = `${kept.length} of ${rows.length} rows`;
    explorer.querySelector(".place").textContent = `page ${page + 1} of ${last + 1}`;
    pages.hidden = last === 0;
    back.disabled = page === 0;
    forth.disabled = page === last;
  }

  function showOnPaper() {
    const n = rows.length;
    body.replaceChildren(...rows.slice(0, MOST_PRINTED));
    explorer.querySelector(".place").textContent = `first ${MOST_PRINTED} of ${n.toLocaleString("en")} rows; all are in ${document.body.dataset.json ?? "statement.json"}`;
    pages.hidden = n <= MOST_PRINTED;
  }

  printed.push({ unfold: showOnPaper, fold: show });
  const restart = () => { page = 0; show(); };
  const headers = Array.from(explorer.querySelectorAll("thead th"), (header, column) => [header, column]);
  sortable(headers, (column, sign) => { ordered(rows, column, sign); restart(); });
  search.addEventListener("input", restart);
  filters.forEach((filter) => filter.addEventListener("change", restart));
  explorer.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  back.addEventListener("click", () => { page -= 1; show(); });
  forth.addEventListener("click", () => { page += 1; show(); });
  explorer.querySelector(".controls").hidden = false;
  explorer.classList.add("live");
  show();
});

// Tables in sections: one set of filters over all of them, each sorted by itself and shown a hundred rows at a time.
// What a filter asks for stands in the data of a row, else of its section, under the filter's name.
const STEP = 100;
const sift = document.querySelector(".sift");
const sections = Array.from(document.querySelectorAll(".section"), (element) => ({
  element,
  limit: STEP,
  rest: element.querySelector(".rest"),
  open: element.open,
  bodies: Array.from(element.querySelectorAll("tbody"), (body) => ({ body, rows: Array.from(body.rows).slice(1) })),
}));
if (sift !== null) {
  const all = sections.flatMap((section) => section.bodies.flatMap(({ rows }) => rows));
  const haystacks = new Map(all.map((row) => [row, row.textContent.toLowerCase()]));
  const filters = Array.from(sift.querySelectorAll("select"));
  const search = sift.querySelector("input");

  function fits(row, about, wanted) {
    return haystacks.get(row).includes(wanted)
      && filters.every(({ name, value }) => value === "" || (row.dataset[name] ?? about[name]) === value);
  }

  function showSection(section, wanted) {
    let n = 0;
    section.bodies.forEach(({ body, rows }) => {
      const kept = rows.filter((row) => fits(row, section.element.dataset, wanted));
      body.hidden = kept.length === 0;
      body.replaceChildren(body.rows[0], ...kept.slice(0, Math.max(0, section.limit - n)));
      n += kept.length;
    });
    section.element.hidden = n === 0;
    section.rest.hidden = n <= section.limit;
    return n;
  }

  function showAll() {
    const wanted = search.value.trim().toLowerCase();
    const sifting = filters.some((filter) => filter.value !== "") || wanted !== "";
    let n = 0;
    sections.forEach((section) => {
      const found = showSection(section, wanted);
      n += found;
      section.element.open = sifting ? found > 0 : section.open;
    });
    sift.querySelector(".found").textContent = `${n} of ${all.length} rows`;
  }

  function showAllOnPaper() {
    sections.forEach(({ element, bodies, rest }) => {
      bodies.forEach(({ body, rows }) => {
        body.hidden = false;
        body.append(...rows);
      });
      element.hidden = false;
      rest.hidden = true;
    });
  }

  printed.push({ unfold: showAllOnPaper, fold: showAll });
  const restart = () => { sections.forEach((section) => { section.limit = STEP; }); showAll(); };
  sections.forEach((section) => {
    const again = () => showSection(section, search.value.trim().toLowerCase());
    section.bodies.forEach(({ body, rows }) => {
      const headers = Array.from(body.rows[0].cells, (header, column) => [header, column]);
      sortable(headers.filter(([header]) => header.dataset.sort !== undefined), (column, sign) => {
        ordered(rows, column, sign);
        again();
      });
    });
    section.rest.querySelector("button").addEventListener("click", () => { section.limit += STEP; again(); });
  });
  search.addEventListener("input", restart);
  filters.forEach((filter) => filter.addEventListener("change", restart));
  sift.addEventListener("submit", (event) => event.preventDefault());
  sift.hidden = false;
  showAll();
}

// The theme of the system, until the button says otherwise; nothing is stored.
const theme = document.querySelector(".theme");
const dark = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
theme.setAttribute("aria-pressed", dark());
theme.addEventListener("click", () => {
  document.documentElement.dataset.theme = dark() ? "light" : "dark";
  theme.setAttribute("aria-pressed", dark());
});
theme.hidden = false;

// What is folded, filtered or paged away on the screen belongs on paper.
let folded = [];
addEventListener("beforeprint", () => {
  printed.forEach((table) => table.unfold());
  folded = Array.from(document.querySelectorAll("details:not([open])"));
  folded.forEach((details) => { details.open = true; });
});
addEventListener("afterprint", () => {
  folded.forEach((details) => { details.open = false; });
  printed.forEach((table) => table.fold());
});
