/* The keyboard, the folding rail, light and dark, and what is new: all of it optional, pages work without. */
(() => {
  const root = document.documentElement;
  const dark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const theme = document.querySelector("button.theme");
  if (theme) {
    const name = () => { theme.textContent = dark() ? "Light" : "Dark"; };
    theme.hidden = false;
    name();
    theme.addEventListener("click", () => {
      root.dataset.theme = dark() ? "light" : "dark";
      localStorage.setItem("theme", root.dataset.theme);
      name();
    });
  }
  const fold = document.querySelector("button.fold");
  if (fold) {
    fold.hidden = false;
    fold.addEventListener("click", () => {
      const open = document.querySelector(".rail").classList.toggle("unfolded");
      fold.setAttribute("aria-expanded", String(open));
    });
  }

  const utc = () => document.querySelectorAll("time[title]").forEach((one) => {
    const said = one.dataset.said ?? one.innerHTML;
    if (one.dataset.said === undefined) { one.dataset.said = said; one.textContent = one.title; }
    else { one.innerHTML = said; delete one.dataset.said; }
  });
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
    if (typing(event.target)) return;
    if (event.key === "/") { event.preventDefault(); document.getElementById("find")?.focus(); }
    else if (event.key === "u") utc();
    else if (event.key === "?") {
      const keys = document.getElementById("keys");
      if (keys) { event.preventDefault(); keys.open ? keys.close() : keys.showModal(); }
    }
  });

  // A table that has to be scrolled sideways can be, with the keyboard too.
  const reachable = () => document.querySelectorAll(".wide").forEach((part) => {
    if (part.scrollWidth <= part.clientWidth) return;
    part.tabIndex = 0;
    part.setAttribute("role", "region");
    part.setAttribute("aria-label", (part.querySelector("caption") ?? part.closest("figure")?.querySelector("figcaption"))?.textContent.trim() || "Table");
  });
  reachable();
  document.addEventListener("htmx:afterSettle", reachable);
  document.addEventListener("toggle", reachable, true);
  addEventListener("resize", reachable);

  // What somebody is writing or has marked is not taken from under their hands.
  const busy = (part) => part.querySelector("input[type=checkbox]:checked, .acts details[open]") !== null;
  const refresh = (part) => {
    if (!busy(part)) { htmx.trigger(part, "news"); return; }
    const bar = document.getElementById("changed");
    bar.hidden = false;
    bar.querySelector("button").onclick = () => { bar.hidden = true; htmx.trigger(part, "news"); };
  };
  const at = document.body.dataset.live;
  if (at && document.querySelector("[data-listens]")) {
    const source = new EventSource(at);
    let told = new Set();
    let waiting = null;
    source.addEventListener("hello", () => { root.dataset.live = "on"; });
    source.addEventListener("anew", () => document.querySelectorAll("[data-listens]").forEach(refresh));
    source.addEventListener("error", () => { root.dataset.live = "off"; });
    source.addEventListener("finding", (event) => {
      const one = JSON.parse(event.data);
      if (one.kind === "opened") document.getElementById("news").textContent = `A new finding, ${one.severity}.`;
      told.add(one.id);
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        document.querySelectorAll("[data-listens]").forEach((part) => {
          if (part.dataset.listens === "all" || told.has(part.dataset.listens)) refresh(part);
        });
        told = new Set();
      }, 100);
    });
    addEventListener("pagehide", () => source.close());
  }
})();
