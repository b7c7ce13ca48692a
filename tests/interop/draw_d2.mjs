// Compiles and draws D2 files: node draw_d2.mjs a.d2 b.d2 writes a.svg and b.svg, and beside
// each as JSON what D2 understood. Ends with 1 where one is refused.
import { readFileSync, writeFileSync } from "node:fs";
import { D2 } from "@terrastruct/d2";

const d2 = new D2();
let refused = 0;
for (const path of process.argv.slice(2)) {
  try {
    const compiled = await d2.compile(readFileSync(path, "utf8"));
    const { shapes, connections } = compiled.diagram;
    writeFileSync(path.replace(/d2$/, "json"), JSON.stringify({ shapes, connections }));
    const svg = await d2.render(compiled.diagram, compiled.renderOptions);
    writeFileSync(path.replace(/d2$/, "svg"), svg);
  } catch (error) {
    console.error(`${path}: ${error.message}`);
    refused = 1;
  }
}
process.exit(refused);
