/* Lets readers pick the loss beside the picture; without it there is a list of pictures. */
"use strict";

document.querySelectorAll(".topo-losses").forEach((box, index) => {
  const figures = [...box.querySelectorAll("figure")];
  const told = figures.map((figure) => figure.querySelector(".caption-text").textContent.trim());
  const show = (shown) => {
    figures.forEach((figure, number) => (figure.hidden = number !== shown));
    inputs[shown].checked = true;
  };

  const choice = document.createElement("fieldset");
  const legend = document.createElement("legend");
  legend.textContent = told[0];
  choice.append(legend);
  const inputs = told.map((words, number) => {
    const input = document.createElement("input");
    input.type = "radio";
    input.name = `topo-losses-${index}`;
    input.autocomplete = "off"; // a page that is loaded again starts with the whole picture
    input.addEventListener("change", () => show(number));
    const label = document.createElement("label");
    const loss = words.startsWith(`${told[0]}, `) ? words.slice(told[0].length + 2) : words;
    label.append(input, ` ${number ? loss : "whole"}`);
    choice.append(label);
    return input;
  });
  box.prepend(choice);
  box.classList.add("topo-picked");

  // A link may lead to a picture that is not the one in sight.
  const follow = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const linked = figures.findIndex((figure) => figure.contains(target));
    show(Math.max(linked, 0));
    if (linked > 0) target.scrollIntoView();
  };
  follow();
  window.addEventListener("hashchange", follow);
});
