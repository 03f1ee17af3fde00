/* The keys of one finding: a ask, e close, s put off, t the numbers of the chart; Escape folds them again. */
(() => {
  const open = (part) => {
    part.open = !part.open;
    if (part.open) (part.querySelector("textarea, input:not([type=hidden])") ?? part.querySelector("summary")).focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    const part = event.key === "t" ? document.querySelector("details.twin") : document.querySelector(`details[data-key="${CSS.escape(event.key)}"]`);
    if (part) { event.preventDefault(); open(part); }
  });
  const wanted = new URLSearchParams(location.search).get("do");
  const first = wanted && document.querySelector(`details[data-key="${CSS.escape(wanted)}"]`);
  if (first) open(first);
})();
