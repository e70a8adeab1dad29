// What happens in the browser alone: colors, saving charts as pictures.
"use strict";
globalThis.fazhi = {
  color: (name) => getComputedStyle(document.body).getPropertyValue(name).trim(),
  ink: () => fazhi.color("--ink"),
  soft: () => fazhi.color("--soft"),
  line: () => fazhi.color("--line"),
  width: () => Math.min(innerWidth, 1280) - 80, // of the title of a chart
  chart: (number) => getElement(Number(number)).chart,
  save(address, name) {
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
  },
};
const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
document.cookie = `fazhi_system=${system}; path=/; samesite=strict`;
addEventListener("click", (event) => {
  const picture = event.target.closest("[data-png]");
  if (picture) {
    const options = { type: "png", pixelRatio: 2, backgroundColor: fazhi.color("--ground") };
    fazhi.save(fazhi.chart(picture.dataset.png).getDataURL(options), `${picture.dataset.name}.png`);
  }
  if (event.target.closest("[data-colors]")) {
    const next = document.body.classList.contains("body--dark") ? "light" : "dark";
    document.cookie = `fazhi_colors=${next}; path=/; max-age=31536000; samesite=strict`;
    location.reload();
  }
});

// A report: choosing a figure marks its characters, tells the server, and changes the address.
fazhi.mark = (figure) => {
  for (const one of document.querySelectorAll(".fig.chosen")) one.classList.remove("chosen");
  const parts = [...document.querySelectorAll(".text [data-figure]")].filter((one) => one.dataset.figure === figure);
  for (const one of parts) one.classList.add("chosen");
  return parts[0];
};
fazhi.choose = (figure) => {
  fazhi.mark(figure)?.scrollIntoView({ block: "nearest" });
  const address = new URL(location);
  address.searchParams.set("figure", figure);
  address.hash = "";
  history.replaceState(null, "", address);
  emitEvent("figure", figure);
};
fazhi.show = (start, left = 100) => {
  const there = [...document.querySelectorAll(".text [id^=c]")].findLast((one) => Number(one.id.slice(1)) <= start);
  if (there) there.scrollIntoView({ block: "center" });
  else if (left) setTimeout(() => fazhi.show(start, left - 1), 50);
};
addEventListener("click", (event) => {
  const figure = event.target.closest("[data-figure]");
  if (figure && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    fazhi.choose(figure.dataset.figure);
  }
});
addEventListener("keydown", (event) => {
  if (!["n", "p"].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const figures = [...document.querySelectorAll(".text [data-figure]")];
  if (!figures.length) return;
  const at = figures.findIndex((one) => one.classList.contains("chosen"));
  const step = event.key === "n" ? 1 : -1;
  let next = at + step;
  while (figures[next] && at >= 0 && figures[next].dataset.figure === figures[at].dataset.figure) next += step;
  const target = figures[at < 0 ? 0 : next];
  if (target) {
    fazhi.choose(target.dataset.figure);
    target.focus({ preventScroll: true });
  }
});
addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest(".editor")) {
    event.preventDefault();
    event.stopPropagation();
    emitEvent("run");
  }
}, true);
