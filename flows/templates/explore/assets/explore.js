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

// Review: keys and buttons answer for the ticked figures; the server draws the next batch.
fazhi.answer = (action) => {
  const card = document.querySelector("[data-batch]");
  if (!card) return;
  const given = { action, batch: card.dataset.batch };
  given.ticked = [...card.querySelectorAll("[name=figure]:checked")].map((one) => one.value);
  for (const name of ["reason", "metric_code", "value", "status"]) {
    given[name] = card.querySelector(`[name=${name}]`)?.value ?? "";
  }
  emitEvent("review", given);
};
fazhi.correct = () => {
  const form = document.querySelector("[data-correction]");
  if (!form) return;
  form.hidden = false;
  form.querySelector("input").focus();
};
fazhi.batch = () => document.querySelector("[data-batch]")?.focus({ preventScroll: true });
fazhi.reviewer = (name) => {
  document.cookie = `fazhi_reviewer=${encodeURIComponent(name)}; path=/; max-age=31536000; samesite=strict`;
  location.reload();
};
addEventListener("click", (event) => {
  const answer = event.target.closest("[data-answer]")?.dataset.answer;
  if (answer) answer === "correct" ? fazhi.correct() : fazhi.answer(answer);
  const settle = event.target.closest("[data-settle]");
  if (settle) emitEvent("review", { action: "settle", conflict: settle.dataset.settle, by: settle.dataset.by });
  if (event.target.closest("[data-other-name]")) fazhi.reviewer("");
});
addEventListener("submit", (event) => {
  if (event.target.matches("[data-correction]")) {
    event.preventDefault();
    fazhi.answer("correct");
  }
  if (event.target.matches("[data-name]")) {
    event.preventDefault();
    fazhi.reviewer(event.target.querySelector("input").value.trim());
  }
});
addEventListener("keydown", (event) => {
  const card = document.querySelector("[data-batch]");
  if (!card || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.key === "Escape" && event.target.closest("[data-batch]")) card.focus();
  if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
  const action = { a: "accept", c: "correct", r: "reject", s: "skip", u: "undo" }[event.key];
  const boxes = [...card.querySelectorAll("[name=figure]")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (action) {
    event.preventDefault();
    if (card.querySelector(`[data-answer=${action}]`)) action === "correct" ? fazhi.correct() : fazhi.answer(action);
  } else if (step && boxes.length) {
    event.preventDefault();
    const at = boxes.indexOf(document.activeElement);
    boxes[at < 0 ? (step > 0 ? 0 : boxes.length - 1) : Math.min(Math.max(at + step, 0), boxes.length - 1)].focus();
  }
});
