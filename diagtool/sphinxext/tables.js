/* Lets readers sort and filter tables of a deployment; without it the tables are complete. */
"use strict";

for (const box of document.querySelectorAll(".topo-table-box")) {
  const table = box.querySelector("table");
  const body = table && table.tBodies[0];
  if (!body || !table.tHead) continue;
  const rows = [...body.rows];
  const caption = table.caption && (table.caption.querySelector(".caption-text") || table.caption);
  const title = caption ? caption.innerText.replace(/\u00b6|#$/g, "").trim() : "";

  box.tabIndex = 0; // whoever has no pointer scrolls it with the keyboard
  box.setAttribute("role", "group"); // no landmark: a page may have many
  box.setAttribute("aria-label", title);

  const label = document.createElement("label");
  label.className = "topo-search";
  const input = document.createElement("input");
  input.type = "search";
  input.setAttribute("aria-label", `Filter: ${title}`); // begins with the words that are seen
  const count = document.createElement("output");
  label.append("Filter: ", input, " ", count);
  box.before(label);
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = words.length ? `${shown} of ${rows.length}` : "";
  });

  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    head.scope = "col";
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const text = (row) => row.cells[column].textContent.trim();
      const compare = new Intl.Collator(undefined, { numeric: true }).compare;
      const sorted = [...rows].sort((a, b) => compare(text(a), text(b)));
      body.append(...(down ? sorted.reverse() : sorted));
    });
  });
}
