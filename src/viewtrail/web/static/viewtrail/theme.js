/* Light or dark as the reader chose, before anything is painted. */
(() => {
  const root = document.documentElement;
  root.classList.add("scripted");
  const kept = localStorage.getItem("theme");
  if (kept === "dark" || kept === "light") root.dataset.theme = kept;
})();
