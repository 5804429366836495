"use strict";
// Search, filters, order and pages of the tables of texts. Without scripts the tables stand there in full.
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

  function order(header, column) {
    const descending = header.getAttribute("aria-sort") === "ascending";
    explorer.querySelectorAll("th").forEach((th) => th.removeAttribute("aria-sort"));
    header.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const key = (row) => row.cells[column].textContent;
    const compare = (a, b) => key(a).localeCompare(key(b), undefined, { numeric: true });
    rows.sort((a, b) => (descending ? compare(b, a) : compare(a, b)));
    page = 0;
    show();
  }

  explorer.querySelectorAll("thead th").forEach((header, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = header.textContent;
    button.addEventListener("click", () => order(header, column));
    header.replaceChildren(button);
  });
  const restart = () => { page = 0; show(); };
  search.addEventListener("input", restart);
  filters.forEach((filter) => filter.addEventListener("change", restart));
  explorer.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  back.addEventListener("click", () => { page -= 1; show(); });
  forth.addEventListener("click", () => { page += 1; show(); });
  explorer.querySelector(".controls").hidden = false;
  explorer.classList.add("live");
  show();
});

// What is folded away on the screen belongs on paper.
let folded = [];
addEventListener("beforeprint", () => {
  folded = Array.from(document.querySelectorAll("details:not([open])"));
  folded.forEach((details) => { details.open = true; });
});
addEventListener("afterprint", () => folded.forEach((details) => { details.open = false; }));
