/* Opens a picture in a dialog, to move, enlarge, search and save it; without it the picture is
   whole all the same, and scrolls. */
"use strict";

(() => {
  const MOST = 16;
  const STEP = 1.25;
  const made = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  const titleOf = (shape) => shape.querySelector("title")?.textContent ?? "";

  /* A box that hides a part of its picture says so at its edge. */
  function follow(box) {
    const mark = () => {
      const left = box.scrollLeft > 1;
      const right = box.scrollLeft + box.clientWidth < box.scrollWidth - 1;
      box.dataset.more = [left && "left", right && "right"].filter(Boolean).join(" ");
    };
    box.addEventListener("scroll", mark, { passive: true });
    new ResizeObserver(mark).observe(box);
    mark();
  }

  function dialogOf(svg) {
    const title = svg.querySelector(":scope > title").textContent;
    const view = { x: 0, y: 0, scale: 1, least: 1 };
    const stage = made("div", { className: "topo-stage", tabIndex: 0 });
    stage.setAttribute("role", "group");
    stage.setAttribute("aria-label", `${title}: arrow keys move it, + and - resize it, 0 fits it`);

    function paint() {
      svg.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
    }
    function zoom(factor, x = stage.clientWidth / 2, y = stage.clientHeight / 2) {
      const scale = Math.min(Math.max(view.scale * factor, view.least / 2), MOST);
      view.x = x - (x - view.x) * (scale / view.scale);
      view.y = y - (y - view.y) * (scale / view.scale);
      view.scale = scale;
      paint();
    }
    function fit() {
      const { width, height } = svg.viewBox.baseVal;
      view.least = Math.min(stage.clientWidth / width, stage.clientHeight / height, MOST);
      view.scale = Math.min(view.least, 3);
      view.x = (stage.clientWidth - width * view.scale) / 2;
      view.y = (stage.clientHeight - height * view.scale) / 2;
      paint();
    }
    function center(shape) {
      const box = shape.getBoundingClientRect();
      const room = stage.getBoundingClientRect();
      view.x += room.x + room.width / 2 - (box.x + box.width / 2);
      view.y += room.y + room.height / 2 - (box.y + box.height / 2);
      paint();
    }

    /* Pointers: one moves the picture, two pinch it. */
    const down = new Map();
    let moved = 0;
    stage.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      down.set(event.pointerId, event);
      if (down.size === 1) moved = 0;
    });
    stage.addEventListener("pointermove", (event) => {
      const before = down.get(event.pointerId);
      if (!before) return;
      down.set(event.pointerId, event);
      const [dx, dy] = [event.clientX - before.clientX, event.clientY - before.clientY];
      moved += Math.abs(dx) + Math.abs(dy);
      if (moved > 4) stage.setPointerCapture(event.pointerId);
      view.x += dx / down.size;
      view.y += dy / down.size;
      const other = [...down.values()].find(({ pointerId }) => pointerId !== event.pointerId);
      if (other) {
        const apart = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
        const room = stage.getBoundingClientRect();
        zoom(apart(event) / Math.max(apart(before), 1),
          (event.clientX + other.clientX) / 2 - room.x, (event.clientY + other.clientY) / 2 - room.y);
      } else paint();
    });
    for (const end of ["pointerup", "pointercancel"]) {
      stage.addEventListener(end, (event) => down.delete(event.pointerId));
    }
    stage.addEventListener("dragstart", (event) => event.preventDefault());
    stage.addEventListener("click", (event) => {
      if (moved > 4) event.preventDefault(); // it was moved, and no link was meant
    }, true);
    stage.addEventListener("wheel", (event) => {
      event.preventDefault();
      const room = stage.getBoundingClientRect();
      const lines = event.deltaMode ? 20 : 1;
      zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.002)),
        event.clientX - room.x, event.clientY - room.y);
    }, { passive: false });
    const keys = {
      "+": () => zoom(STEP), "=": () => zoom(STEP), "-": () => zoom(1 / STEP), "0": fit,
      ArrowLeft: () => (view.x += 50), ArrowRight: () => (view.x -= 50),
      ArrowUp: () => (view.y += 50), ArrowDown: () => (view.y -= 50),
    };
    stage.addEventListener("keydown", (event) => {
      if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      keys[event.key]();
      paint();
    });
    stage.addEventListener("focusin", (event) => {
      if (event.target !== stage && event.target.matches(":focus-visible")) center(event.target);
      stage.scrollTo(0, 0);
    });

    /* What is looked for lights up; Enter leads from one to the next. */
    const search = made("input", { type: "search", autocomplete: "off" });
    const count = made("output");
    let found = [];
    let current = -1;
    function find() {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      found = [];
      current = -1;
      for (const shape of svg.querySelectorAll(".topo-node, .topo-group, .topo-edge")) {
        const text = titleOf(shape).toLowerCase();
        const hit = words.length > 0 && words.every((word) => text.includes(word));
        shape.classList.toggle("topo-found", hit);
        if (hit) found.push(shape);
      }
      svg.classList.toggle("topo-searched", words.length > 0);
      count.textContent = words.length ? `${found.length} found` : "";
    }
    search.addEventListener("input", find);
    search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !found.length) return;
      event.preventDefault();
      current = (current + (event.shiftKey ? -1 : 1) + found.length) % found.length;
      center(found[current]);
      count.textContent = `${current + 1} of ${found.length}: ${titleOf(found[current])}`;
    });

    const button = (text, label, act) => {
      const element = made("button", { type: "button", textContent: text, onclick: act });
      element.setAttribute("aria-label", label);
      return element;
    };
    const save = made("a", { textContent: "Save" });
    save.setAttribute("aria-label", `Save ${title} as SVG`);
    const dialog = made("dialog", { className: "topo-zoom" },
      made("div", { className: "topo-tools" },
        made("label", {}, "Search ", search), count,
        button("−", "Smaller", () => zoom(1 / STEP)), button("+", "Larger", () => zoom(STEP)),
        button("Fit", "Fit the window", fit), save,
        button("Close", "Close", () => dialog.close())),
      stage);
    dialog.setAttribute("aria-label", title);
    // Sphinx has keys of its own for the page, and keeps Escape from closing anything.
    dialog.addEventListener("keydown", (event) => event.stopPropagation());
    return { dialog, stage, search, save, fit, find };
  }

  /* The file that the page offers, else the picture as it stands there in its light colours. */
  function address(box, svg) {
    const offered = box.closest("figure")?.querySelector(".topo-downloads a[href$='.svg']");
    if (offered) return offered.href;
    const copy = svg.cloneNode(true);
    copy.removeAttribute("style");
    for (const shape of copy.querySelectorAll(".topo-found")) shape.classList.remove("topo-found");
    const text = new XMLSerializer().serializeToString(copy);
    return URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  }

  for (const box of document.querySelectorAll(".topo-scroll")) {
    follow(box);
    const svg = box.querySelector("svg.topo-drawing");
    if (!svg || !window.HTMLDialogElement) continue;
    const title = svg.querySelector(":scope > title").textContent;
    const open = made("button", { type: "button", className: "topo-enlarge" }, "Enlarge");
    open.setAttribute("aria-label", `Enlarge ${title}`);
    open.setAttribute("aria-haspopup", "dialog");
    box.after(open);
    let opened = null;
    let before = "";
    open.addEventListener("click", () => {
      if (!opened) {
        opened = dialogOf(svg);
        document.body.append(opened.dialog);
        opened.dialog.addEventListener("close", () => {
          opened.search.value = "";
          opened.find();
          svg.style.cssText = before;
          if (opened.save.href.startsWith("blob:")) URL.revokeObjectURL(opened.save.href);
          box.style.minHeight = "";
          box.append(svg);
          open.focus();
        });
        new ResizeObserver(() => opened.dialog.open && opened.fit()).observe(opened.stage);
      }
      opened.save.href = address(box, svg);
      opened.save.download = opened.save.href.startsWith("blob:")
        ? `${title.replace(/[^\p{L}\p{N}]+/gu, "-")}.svg` : "";
      before = svg.style.cssText;
      box.style.minHeight = `${box.clientHeight}px`; // the page below must not move
      const { width, height } = svg.viewBox.baseVal;
      svg.style.cssText =
        `width:${width}px;height:${height}px;max-width:none;min-width:0;margin:0`;
      opened.stage.append(svg);
      opened.dialog.showModal();
      opened.stage.focus();
      opened.fit();
    });
  }
})();
