// Loads the pages of a draw.io file (their XML in `pages`) with mxGraph, the engine of draw.io,
// and leaves as JSON in the document what it made of them, a page each: boxes by id, and lines
// with their ends, the way that they take and the middle of their label.
const told = pages.map((xml) => {
  const container = document.body.appendChild(document.createElement("div"));
  container.style.position = "relative";
  const graph = new mxGraph(container);
  graph.setHtmlLabels(false);
  // Cells with data hold an element in place of their label.
  graph.convertValueToString = ({ value }) =>
    value && value.getAttribute ? value.getAttribute("label") || "" : value || "";
  const parsed = mxUtils.parseXml(xml);
  new mxCodec(parsed).decode(parsed.documentElement, graph.getModel());
  const boxes = {}, lines = [];
  for (const cell of Object.values(graph.getModel().cells)) {
    const state = graph.view.getState(cell);
    if (!state) continue;
    if (cell.edge) {
      const label = state.text && state.text.boundingBox;
      lines.push({
        source: cell.source && cell.source.id,
        target: cell.target && cell.target.id,
        way: state.absolutePoints.map(({ x, y }) => [x, y]),
        label: label ? [label.getCenterX(), label.getCenterY()] : null,
      });
    } else {
      boxes[cell.id] = [state.x, state.y, state.width, state.height];
    }
  }
  return { boxes, lines };
});
document.getElementById("told").textContent = JSON.stringify(told);
