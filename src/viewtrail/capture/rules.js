// For a CRM without tokens: finds records and lists by the address and by selectors, as rules.json says.
(() => {
  "use strict";
  const trail = window.viewtrail, set = trail && trail.set;
  if (!set) return;
  const means = { "{record}": "([^/?#&]+)", "**": ".*", "*": "[^/?#&]*" };

  const compiled = (text, end) => new RegExp("^" + text.split(/(\{record\}|\*\*|\*)/)
    .map((part) => means[part] || part.replace(/[^\w]/g, "\\$&")).join("") + (end || "") + "$");

  // The record that an address shows, "" where the pattern names none, null where it does not match.
  function pattern(text) {
    const [rest, fragment] = text.split(/#(.*)/s), [path, query] = rest.split("?");
    const tests = [[(url) => url.pathname, compiled(path.replace(/\/$/, ""), "/?")]];
    for (const pair of (query || "").split("&")) {
      const [name, value] = pair.split(/=(.*)/s);
      if (name) tests.push([(url) => url.searchParams.get(name), compiled(value || "")]);
    }
    if (fragment) tests.push([(url) => url.hash.slice(1), compiled(fragment)]);
    return (url) => {
      let record = "";
      for (const [part, test] of tests) {
        const told = part(url), match = told === null ? null : test.exec(told);
        if (!match) return null;
        if (match[1] !== undefined) record = match[1];
      }
      try { return decodeURIComponent(record); } catch { return record; }
    };
  }

  // Begins to follow these rules; to try one: viewtrail.matches("/leads/{record}", location).
  trail.matches = (text, url) => pattern(text)(new URL(url));
  trail.start = (told) => {
    set.note = told.note || set.note;
    const pages = told.pages.map((page) => Object.assign({}, page, { match: pattern(page.url), of: pattern(page.row || page.url) }));
    let href = "", shown = "", before = "", number = 0;

    function agent() {
      const how = told.agent || {}, el = how.selector && document.querySelector(how.selector);
      if (!el) return set.agent || undefined;
      if (how.attribute) return el.getAttribute(how.attribute) || undefined;
      const text = (el.textContent || "").trim();
      if (!how.json) return text.slice(0, 200) || undefined;
      try {
        const value = how.json.split(".").reduce((value, name) => value[name], JSON.parse(text));
        return value === undefined || value === null ? undefined : String(value);
      } catch { return undefined; }
    }

    trail.use((found) => {
      const url = new URL(location.href);
      for (const page of pages) {
        const record = page.match(url);
        const el = record && !page.list && document.querySelector(page.rendered || "body");
        if (el) return void found.set(page.name + "\n" + record, { head: { site: told.site, rule: page.name, record, agent: agent() }, el });
      }
    });

    // A list is told when it stands still for a second, and again when other rows are in it.
    function lists() {
      const url = new URL(location.href), page = pages.find((one) => one.list && one.match(url) !== null);
      if (!page || document.visibilityState !== "visible") return;
      const ids = new Set();
      for (const row of document.querySelectorAll(page.rows)) {
        const id = page.row && !page.row.startsWith("/") ? row.getAttribute(page.row) : row.href && page.of(new URL(row.href));
        if (id) ids.add(id);
      }
      const records = [...ids].slice(0, 1000), now = page.name + "\n" + records.join("\n");
      if (records.length && now === before && now !== shown) {
        shown = now;
        trail.say("list", { site: told.site, rule: page.name, agent: agent() }, { records, rows: ids.size, n: ++number });
      }
      before = now;
    }

    setInterval(() => {
      if (location.href !== href) {
        href = location.href;
        shown = "";
        trail.scan();
      }
    }, 200);
    setInterval(lists, 1000);
  };

  if (set.rules) fetch(set.rules + "?site=" + encodeURIComponent(set.site), { credentials: "same-origin" }).then((reply) => reply.json())
    .then(trail.start, () => {});
})();
