// What the browser does by itself: the search box, keys in tables, filters, ages. Everything else is drawn by the hub.
"use strict";
(() => {
  const $ = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const typing = (element) => element?.matches?.("input, textarea, select, [contenteditable]");

  // --- search: "/" from anywhere, hits while typing ------------------------------------------------------------------
  let asked = 0;
  async function search(box) {
    const hits = $(".hits");
    const turn = ++asked;
    const text = box.value.trim();
    if (!text) return hits.replaceChildren();
    try {
      const answer = await fetch("/search/hits?q=" + encodeURIComponent(text), { headers: { Accept: "text/html" } });
      if (turn !== asked) return;
      if (answer.status === 401) return location.reload();
      if (answer.ok) hits.innerHTML = await answer.text();
    } catch { /* offline: the frame says so */ }
  }
  let later;
  document.addEventListener("input", (event) => {
    if (event.target.matches(".search input")) {
      clearTimeout(later);
      later = setTimeout(() => search(event.target), 120);
    }
    if (event.target.matches("[data-filter]")) filter(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !typing(event.target) && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      const box = $(".search input");
      box?.focus();
      box?.select();
    }
    if (event.target.closest?.(".search")) return inSearch(event);
    if (event.key === "ArrowDown" && event.target.matches("[data-filter]")) return row(event, rows()[0]);
    const here = event.target.closest?.("tr[tabindex]");
    if (!here) return;
    const shown = rows();
    const at = shown.indexOf(here);
    if (event.key === "ArrowDown") row(event, shown[at + 1]);
    if (event.key === "ArrowUp") row(event, shown[at - 1] ?? $("[data-filter]"));
    if (event.key === "Enter" && here.dataset.href) location.assign(here.dataset.href);
  });
  function inSearch(event) {
    const stops = [$(".search input"), ...all(".hit")];
    const at = stops.indexOf(document.activeElement);
    if (event.key === "ArrowDown") row(event, stops[at + 1]);
    if (event.key === "ArrowUp") row(event, stops[at - 1]);
    if (event.key === "Escape") {
      $(".hits").replaceChildren();
      stops[0].blur();
    }
  }
  const rows = () => all("tr[tabindex]").filter((one) => !one.classList.contains("hidden"));
  function row(event, target) {
    if (!target) return;
    event.preventDefault();
    target.focus();
    target.scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".search")) $(".hits")?.replaceChildren();
    const here = event.target.closest("tr[data-href]");
    if (here && !event.target.closest("a, button, input")) location.assign(here.dataset.href);
    const clicks = event.target.closest("[data-click]");
    if (clicks) $(clicks.dataset.click)?.click();
    const ticks = event.target.closest("[data-tick]");
    if (ticks) {
      for (const box of all(`${ticks.dataset.tick} tbody tr:not(.hidden) input[type="checkbox"]`)) box.checked = ticks.checked;
    }
    const sends = event.target.closest("[data-emit]");
    if (sends && window.emitEvent) emitEvent(sends.dataset.emit, sends.dataset.value ?? "");
  });

  // --- filters of tables: kept while the table is drawn anew -----------------------------------------------------------
  function filter(box) {
    const words = box.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const lines = all("tbody tr", $(box.dataset.filter) ?? undefined);
    let shown = 0;
    for (const line of lines) {
      const text = line.textContent.toLowerCase();
      const fits = words.every((word) => text.includes(word));
      line.classList.toggle("hidden", !fits);
      shown += fits;
    }
    const tally = $(`[data-tally="${box.dataset.filter}"]`);
    if (tally) tally.textContent = shown === lines.length ? `${shown}` : `${shown} / ${lines.length}`;
  }

  // --- ages: "3 minutes ago" grows older by itself ----------------------------------------------------------------------
  function ages() {
    const words = document.body.dataset;
    if (!words.now) return;
    for (const time of all("time[data-ms]")) {
      const minutes = Math.floor((Date.now() - Number(time.dataset.ms)) / 60000);
      const text = minutes < 0 || minutes >= 60 ? time.dataset.absolute : minutes < 1 ? words.now : words.minutes.replace("%", minutes);
      if (time.textContent !== text) time.textContent = text;
    }
  }
  setInterval(ages, 20000);

  // --- the parts that NiceGUI draws anew, and its own words -------------------------------------------------------------
  let again;
  new MutationObserver(() => {
    clearTimeout(again);
    again = setTimeout(() => all("[data-filter]").forEach(filter), 30);
  }).observe(document.documentElement, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", () => {
    const words = window.officeWords ?? {};
    Object.assign(document.body.dataset, words);
    if (words.lang) document.documentElement.lang = words.lang;
    const offline = all("#popup span");
    if (offline.length === 2 && words.offline) {
      offline[0].textContent = words.offline;
      offline[1].textContent = words.reconnecting;
    }
    ages();
  });
})();
