// What happens in the static pages: colors, the figure that the address names, search, charts as pictures.
"use strict";
const page = document.documentElement;
page.classList.add("scripted");
// a page that holds both languages shows the one of its address
if (new URLSearchParams(location.search).get("lang") === "en" && document.querySelector(".in.en")) {
  page.classList.add("english");
  page.lang = "en";
}
const kept = (() => {
  try {
    return globalThis.localStorage;
  } catch {
    return null; // a browser that keeps nothing for pages of a folder
  }
})();
const colors = (name) => {
  document.body.classList.remove("body--dark", "body--light");
  if (name === "dark" || name === "light") document.body.classList.add(`body--${name}`);
};
colors(kept?.getItem("fazhi_colors"));
addEventListener("click", (event) => {
  if (event.target.closest("[data-colors]")) {
    const isDark = document.body.classList.contains("body--dark") ||
      (!document.body.classList.contains("body--light") && matchMedia("(prefers-color-scheme: dark)").matches);
    colors(isDark ? "light" : "dark");
    kept?.setItem("fazhi_colors", isDark ? "light" : "dark");
  }
  const picture = event.target.closest("[data-png]");
  if (picture) savePicture(picture.closest("figure").querySelector("svg"), picture.dataset.name);
});

// The other language shows the same place of the page.
const keepPlace = () => {
  for (const other of document.querySelectorAll(".tools a[hreflang]")) other.href = other.href.split("#")[0] + location.hash;
};

// --- a report: the figure that the address names ---------------------------------------------------
const cards = document.querySelector(".cards");
const figures = [...document.querySelectorAll(".text [data-figure]")];
const named = () => decodeURIComponent(location.hash.slice(1));
const showFigure = () => {
  keepPlace();
  if (!cards) return;
  const chosen = named();
  for (const one of figures) one.classList.toggle("chosen", one.dataset.figure === chosen);
  const card = [...cards.children].find((one) => one.querySelector("[data-card]")?.dataset.card === chosen) ?? cards.children[0];
  for (const one of cards.children) one.classList.toggle("shown", one === card);
  figures.find((one) => one.dataset.figure === chosen)?.scrollIntoView({ block: "center" });
};
addEventListener("hashchange", showFigure);
showFigure();
addEventListener("keydown", (event) => {
  if (!["n", "p"].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!figures.length || event.target.closest("input, textarea, select")) return;
  const names = [...new Set(figures.map((one) => one.dataset.figure))];
  const at = names.indexOf(named());
  const next = names[at < 0 ? 0 : at + (event.key === "n" ? 1 : -1)];
  if (next) location.hash = next;
});

// --- charts as pictures ----------------------------------------------------------------------------
const savePicture = (drawing, name) => {
  const copy = drawing.cloneNode(true);
  const originals = [drawing, ...drawing.querySelectorAll("*")];
  for (const [index, one] of [copy, ...copy.querySelectorAll("*")].entries()) {
    const style = getComputedStyle(originals[index]);
    for (const property of ["fill", "stroke", "stroke-width", "font-family", "font-size", "font-weight"]) {
      one.style.setProperty(property, style.getPropertyValue(property));
    }
  }
  const { width, height } = drawing.viewBox.baseVal;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  const image = new Image();
  image.onload = () => {
    const canvas = document.createElement("canvas");
    canvas.width = 2 * width;
    canvas.height = 2 * height;
    const ink = canvas.getContext("2d");
    ink.fillStyle = getComputedStyle(document.body).backgroundColor;
    ink.fillRect(0, 0, canvas.width, canvas.height);
    ink.drawImage(image, 0, 0, canvas.width, canvas.height);
    const link = document.createElement("a");
    link.href = canvas.toDataURL("image/png");
    link.download = `${name}.png`;
    link.click();
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
};

// --- search: the texts of the county lie in a script beside the page ---------------------------------
const SHOWN = 50;
const occurrences = (text, word) => text.split(word).length - 1;
// a word that no text has is looked for by its parts of two characters
const wordsOf = (query, texts) =>
  query.split(/[\s,，、]+/u).filter(Boolean).flatMap((word) => {
    if (word.length < 3 || texts.sections.some(([, , text]) => text.includes(word))) return [word];
    return [...word].slice(1).map((_, index) => word.slice(index, index + 2));
  });
// sections by how often they have the words, rare ones first, in proportion to their length (BM25)
const ranked = (words, texts, fits) => {
  const mean = texts.sections.reduce((sum, [, , text]) => sum + text.length, 0) / texts.sections.length;
  const having = words.map((word) => texts.sections.filter(([, , text]) => text.includes(word)).length);
  const rarity = having.map((count) => Math.log(1 + (texts.sections.length - count + 0.5) / (count + 0.5)));
  return texts.sections.flatMap((section) => {
    if (!fits(texts.reports[section[0]])) return [];
    const score = words.reduce((sum, word, index) => {
      const count = occurrences(section[2], word);
      return sum + (rarity[index] * count * 2.2) / (count + 1.2 * (0.25 + (0.75 * section[2].length) / mean));
    }, 0);
    return score > 0 ? [{ section, score }] : [];
  }).sort((a, b) => b.score - a.score);
};
const bestSentence = (text, words) => {
  const has = (sentence) => words.filter((word) => sentence.includes(word)).length;
  return text.split(/(?<=[。；！？\n])/u).reduce((best, one) => (has(one) > has(best) ? one : best), "").trim();
};
const marked = (sentence, words) => {
  const line = document.createElement("p");
  const escaped = words.toSorted((a, b) => b.length - a.length).map((word) => word.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&"));
  for (const [index, part] of sentence.split(new RegExp(`(${escaped.join("|")})`, "u")).entries()) {
    const shown = document.createElement(index % 2 ? "mark" : "span");
    if (index % 2) shown.className = "hit";
    shown.textContent = part;
    line.append(shown);
  }
  return line;
};
const form = document.querySelector("[data-search]");
const startSearch = () => {
  const texts = globalThis.fazhiTexts;
  if (!texts) return;
  const offer = (name, values) => {
    for (const value of [...new Set(values)].sort()) if (value) form.elements[name].add(new Option(value, value));
  };
  offer("year", texts.reports.map((report) => report[3]));
  offer("body", texts.reports.map((report) => report[2]));
  const search = () => {
    const words = wordsOf(form.elements.q.value, texts);
    const [year, body] = [form.elements.year.value, form.elements.body.value];
    const fits = (report) => (!year || String(report[3]) === year) && (!body || report[2] === body);
    const hits = words.length ? ranked(words, texts, fits) : [];
    const list = document.querySelector("[data-hits]");
    list.replaceChildren(...hits.slice(0, SHOWN).map(({ section: [number, start, text] }) => {
      const [file, title, place, reported] = texts.reports[number];
      const item = document.createElement("li");
      const link = document.createElement("a");
      const about = document.createElement("small");
      link.href = `${form.dataset.folder}/${file}${form.dataset.language === "zh" ? "" : `?lang=${form.dataset.language}`}#c${start}`;
      link.textContent = title;
      about.textContent = ` ${place} ${reported ?? ""}`;
      item.append(link, about, marked(bestSentence(text, words), words));
      return item;
    }));
    const counts = form.dataset.shown.replace("{total}", hits.length).replace("{shown}", Math.min(SHOWN, hits.length));
    document.querySelector("[data-search-status]").textContent = hits.length ? counts : form.dataset.nothing;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    location.hash = new URLSearchParams(new FormData(form)).toString();
    search();
  });
  const asked = new URLSearchParams(location.hash.slice(1));
  if (asked.get("q")) {
    for (const name of ["q", "year", "body"]) form.elements[name].value = asked.get(name) ?? "";
    search();
  }
};
if (form) startSearch();
