// Looks at HTML pages in a browser: node look_at_pages.mjs order.json writes to standard output
// what it found. The order names the `chromium` to start and `visits`, each of a `url` at a
// `width` in a `scheme` (light or dark). A visit tells how wide the page and its scrolling boxes
// are; with `axe` what axe-core finds, with `walk` where the Tab key leads without JavaScript,
// and with `shots` it leaves pictures in that folder.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import puppeteer from "puppeteer-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const order = JSON.parse(readFileSync(process.argv[2], "utf8"));

const browser = await puppeteer.launch({
  executablePath: order.chromium,
  userDataDir: order.profile,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--allow-file-access-from-files", "--force-device-scale-factor=1", "--hide-scrollbars",
  ],
});

async function visit({ url, width, height = 900, scheme, axe, walk, shots }) {
  const page = await browser.newPage();
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([
    { name: "prefers-color-scheme", value: scheme },
    { name: "prefers-reduced-motion", value: "reduce" },
  ]);
  await page.setJavaScriptEnabled(!walk);
  await page.goto(url, { waitUntil: "load" });
  const found = await page.evaluate(measure);
  if (shots) await page.screenshot({ path: `${shots}/page.png`, fullPage: true });
  if (axe) {
    await page.evaluate(AXE);
    found.violations = await page.evaluate(audit);
  }
  if (walk) found.steps = await walkThrough(page, shots);
  await page.close();
  return found;
}

function measure() {
  const wide = (element) => ({ inside: element.scrollWidth, outside: element.clientWidth });
  return {
    page: wide(document.documentElement),
    boxes: [...document.querySelectorAll(".topo-scroll")].map((box) => ({
      ...wide(box),
      right: box.getBoundingClientRect().right,
      picture: box.querySelector("svg").getBoundingClientRect().width,
    })),
  };
}

async function audit() {
  const content = document.querySelector("[role=main]");
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ target, html }) => {
      const element = document.querySelector(target[0]);
      return { id, impact, html, target: target[0], content: content.contains(element) };
    }),
  );
}

// Presses Tab until the focus has left the page; tells of each box of a picture that it came to
// how it looks, and which edges light up.
async function walkThrough(page, shots) {
  const steps = [];
  const seen = new Set();
  for (let presses = 0; presses < 2000; presses++) {
    await page.keyboard.press("Tab");
    let step = await page.evaluate(tell);
    // A page may scroll gently to where the focus is.
    for (let waits = 0; step?.picture && !step.inView && waits < 40; waits++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      step = await page.evaluate(tell);
    }
    if (step === null) return steps;
    if (!step.picture) continue;
    if (shots && step.kind === "node" && !seen.has(step.picture)) {
      seen.add(step.picture);
      const svg = await page.$(`#${step.picture}`);
      await svg.screenshot({ path: `${shots}/${step.picture}.png` });
    }
    steps.push(step);
  }
  throw new Error("the Tab key never leaves the page");
}

// What has the focus: null for nothing on the page, {} for what is in no picture.
function tell() {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  const svg = here.closest("svg.topo-drawing");
  if (!svg) return {};
  const part = here.closest("g[data-id]");
  const look = getComputedStyle(here);
  const line = getComputedStyle(part.querySelector("path"));
  const box = part.getBoundingClientRect();
  const edges = [...svg.querySelectorAll(".topo-edge")].map((edge) => {
    const style = getComputedStyle(edge.querySelector("path, polygon"));
    return {
      tail: edge.dataset.tail,
      head: edge.dataset.head,
      color: style.stroke,
      opacity: getComputedStyle(edge).opacity,
    };
  });
  return {
    picture: svg.id,
    kind: part.classList.contains("topo-group") ? "group" : "node",
    id: part.dataset.id,
    name: here.getAttribute("aria-label"),
    link: here.getAttribute("href"),
    visible: here.matches(":focus-visible"),
    outline: [look.outlineStyle, look.outlineWidth, look.outlineColor],
    line: line.stroke,
    inView: box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight,
    edges,
  };
}

const found = [];
for (const each of order.visits) found.push(await visit(each));
await browser.close();
console.log(JSON.stringify(found));
