"use strict";
// Sorts tables and filters findings. The page holds everything without it.
(() => {
  const key = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.order === undefined ? cell.textContent.toLowerCase() : Number(cell.dataset.order);
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-label", `Sort by ${head.textContent}`);
      head.append(" ", button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...table.tBodies[0].rows].map((row) => [key(row, column), row]);
        rows.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0) * (down ? -1 : 1));
        table.tBodies[0].append(...rows.map(([, row]) => row));
      });
    });
  }

  const filter = document.getElementById("filter");
  if (!filter) return;
  const word = document.getElementById("word");
  const boxes = [...filter.querySelectorAll("input[type=checkbox]")];
  const shown = document.getElementById("shown");
  const rows = [...document.querySelectorAll("#table tbody tr")];
  const details = new Map([...document.querySelectorAll("article[data-n]")].map((a) => [a.dataset.n, a]));
  const texts = new Map();
  const text = (row) => {
    const n = row.dataset.n;
    if (!texts.has(n)) texts.set(n, (row.textContent + " " + (details.get(n)?.textContent ?? "")).toLowerCase());
    return texts.get(n);
  };
  const apply = () => {
    const kinds = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const words = word.value.toLowerCase().split(/\s+/).filter(Boolean);
    let visible = 0;
    for (const row of rows) {
      const show = kinds.has(row.dataset.kind) && words.every((w) => text(row).includes(w));
      row.hidden = !show;
      const detail = details.get(row.dataset.n);
      if (detail) detail.hidden = !show;
      if (show) visible += 1;
    }
    for (const rule of document.querySelectorAll("section.rule")) {
      rule.hidden = !rule.querySelector("article:not([hidden])");
    }
    shown.textContent = visible === rows.length ? `all ${rows.length} shown` : `${visible} of ${rows.length} shown`;
  };
  word.addEventListener("input", apply);
  boxes.forEach((box) => box.addEventListener("change", apply));
  filter.hidden = false;
  apply();
})();
