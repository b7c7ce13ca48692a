/* Follows the topology: what the server says is shown as text, pictures as parsed SVG. */

const part = (id) => document.getElementById(id);
let state = null;
let shown = "";
let pages = 0;

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/* The address holds what is chosen: #VIEW/PART. */
function chosen() {
  const [view, id] = location.hash.slice(1).split("/").map(decodeURIComponent);
  return { view: view || "", part: id || "" };
}

async function fetched(path) {
  const answer = await fetch(path);
  return answer.ok ? answer.json() : null;
}

function count(things, word) {
  return `${things} ${word}${things === 1 ? "" : "s"}`;
}

function summary() {
  const of = (severity) => state.findings.filter((f) => f.severity === severity).length;
  if (state.complaint) return state.complaint;
  const found = ["error", "warning", "hint"].filter(of).map((s) => count(of(s), s)).join(", ");
  if (state.stale) return `${found}: ${state.views.length ? "the last good picture is shown" : "no picture yet"}`;
  const build = state.docs && (state.docs.building ? "building pages"
    : state.docs.failed ? "the build of the pages failed" : "");
  return [found || "No mistake found", build].filter(Boolean).join("; ");
}

function showFindings() {
  part("findings").replaceChildren(...state.findings.map((finding) => {
    const item = element("li", "", { class: finding.severity });
    const hint = finding.hint ? ` (${finding.hint})` : "";
    item.append(element("b", finding.severity), ` ${finding.message}${hint} `,
      element("span", `${finding.place} ${finding.code}`, { class: "place" }));
    if (finding.source) {
      const line = element("pre", finding.source.slice(0, finding.column - 1));
      const [word] = finding.source.slice(finding.column - 1).match(/^[\w.-]+|^./u) || [""];
      line.append(element("mark", word), finding.source.slice(finding.column - 1 + word.length));
      item.append(line);
    }
    return item;
  }));
  const none = element("li", state.views.length || state.findings.length ? "None." : "");
  if (!state.findings.length) part("findings").append(none);
  part("said").hidden = !(state.docs && state.docs.said);
  if (state.docs) part("said").textContent = state.docs.said;
}

function showViews() {
  const { view } = chosen();
  const links = state.views.map(({ name, title }) =>
    [title, name, `#${encodeURIComponent(name)}`]);
  if (state.docs) links.push(["Pages", "docs", "#/docs"]);
  part("views").replaceChildren(...links.map(([title, name, href]) => {
    const item = element("li");
    const link = element("a", title, { href });
    if (name === view || (name === "docs" && inPages())) link.setAttribute("aria-current", "page");
    item.append(link);
    return item;
  }));
}

const inPages = () => Boolean(state.docs) && location.hash === "#/docs";

function showPages() {
  part("pages").hidden = !inPages();
  part("picture").hidden = inPages();
  if (!inPages()) return;
  part("view").textContent = "Pages";
  if (state.docs.builds === pages) return;
  pages = state.docs.builds;
  if (part("pages").src) part("pages").contentWindow.location.reload();
  else part("pages").src = "/docs/";
}

async function showPicture() {
  const { view } = chosen();
  const found = await fetched(`/views/${encodeURIComponent(view)}`);
  if (!found || chosen().view !== view) return;
  part("view").textContent = found.title;
  document.title = `${found.title} – ${state.title}`;
  if (found.error) {
    part("picture").replaceChildren(element("p", `It cannot be drawn: ${found.error}`));
    shown = "";
  } else if (found.svg !== shown) {
    shown = found.svg;
    const svg = new DOMParser().parseFromString(shown, "text/html").querySelector("svg");
    const focused = document.activeElement?.getAttribute?.("href");
    part("picture").replaceChildren(svg);
    if (focused) part("picture").querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  }
  part("picture").dataset.version = state.version;
  light();
}

/* Marks what the chosen part is drawn as. */
function light() {
  const href = `#${chosen().view.split("/")[0]}/`;
  for (const link of part("picture").querySelectorAll("a")) {
    const here = decodeURIComponent(link.getAttribute("href")) === href + chosen().part;
    link.parentElement.classList.toggle("chosen", here);
    if (here) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

async function showFacts() {
  const id = chosen().part;
  const found = id && !inPages() ? await fetched(`/parts/${encodeURIComponent(id)}`) : null;
  if (chosen().part !== id) return;
  part("about").textContent = found ? found.name : "Facts";
  part("kind").textContent = found ? `${found.kind} ${found.id}` : "Choose a box in the picture.";
  if (found) part("kind").append(element("span", found.place, { class: "place" }));
  part("facts").replaceChildren(...(found ? found.facts : []).map(({ text, place }) => {
    const item = element("li", text);
    item.append(element("span", place, { class: "place" }));
    return item;
  }));
}

async function show() {
  if (!state) return;
  const names = state.views.map(({ name }) => name);
  if (!inPages() && names.length && !names.includes(chosen().view)) {
    const first = names.includes("overview") ? "overview" : names[0];
    history.replaceState(null, "", `#${encodeURIComponent(first)}`);
  }
  part("title").textContent = state.title || "diagtool";
  part("path").textContent = state.path;
  part("picture").classList.toggle("stale", state.stale);
  showViews();
  showPages();
  showFindings();
  const said = summary();
  if (part("status").textContent !== said) part("status").textContent = said;
  part("status").classList.toggle("error", state.stale || Boolean(state.complaint));
  if (names.length && !inPages()) await showPicture();
  await showFacts();
}

const events = new EventSource("/events");
events.onmessage = (event) => {
  state = JSON.parse(event.data);
  show();
};
events.onerror = () => {
  part("status").textContent = "The server has ended, or cannot be reached";
  part("status").classList.add("error");
};
addEventListener("hashchange", show);
