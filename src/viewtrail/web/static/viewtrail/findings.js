/* The keys of the list: j k move, x marks, Enter opens, e closes, a asks, s puts off. */
(() => {
  let here = sessionStorage.getItem("finding");
  const rows = () => [...document.querySelectorAll("table.findings tbody tr")];
  const form = () => document.getElementById("marked");
  const current = () => rows().find((row) => row.id === here);
  const count = () => {
    const out = document.getElementById("count");
    if (out) out.textContent = String(document.querySelectorAll("table.findings input:checked").length);
  };
  const show = (row, move) => {
    rows().forEach((one) => one.classList.toggle("here", one === row));
    if (!row) return;
    here = row.id;
    sessionStorage.setItem("finding", here);
    if (move) { row.querySelector("a").focus({ preventScroll: true }); row.scrollIntoView({ block: "nearest" }); }
  };
  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.id === here);
    show(all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + by))], true);
  };
  const only = (row) => rows().forEach((one) => { one.querySelector("input").checked = one === row; });
  document.addEventListener("change", count);
  document.addEventListener("htmx:afterSettle", () => { show(current(), false); count(); });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), textarea, select, dialog")) return;
    const row = current();
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (!row) return;
    else if (event.key === "x") { const box = row.querySelector("input"); box.checked = !box.checked; count(); }
    else if (event.key === "Enter" && !event.target.closest("a, button")) location.href = row.querySelector("a").href;
    else if (event.key === "a") location.href = `${row.querySelector("a").href}?do=a`;
    else if (event.key === "e") {
      if (!document.querySelector("table.findings input:checked")) only(row);
      count();
      document.getElementById("outcome").focus();
      event.preventDefault();
    } else if (event.key === "s") { only(row); form().querySelector("button[value=snooze]").click(); }
    else return;
    if ("jkx".includes(event.key)) event.preventDefault();
  });
  show(current(), false);
})();
