// Tells which records were really on the screen, and for how long. No cookies, no storage, no content.
// A view begins when a record's element is rendered in a page that is visible: a page that is prefetched,
// prerendered or in a tab never looked at is no view. Time counts while the page is visible and awake.
(() => {
  "use strict";
  const doc = document, win = window, script = doc.currentScript;
  const asked = (name) => script && script.getAttribute("data-viewtrail-" + name);
  const set = Object.assign({
    to: asked("to") || "/viewtrail/beacon",
    rules: asked("rules"), // for a CRM without tokens: where the rules are, and
    site: asked("site"), //   which site they are for
    agent: asked("agent"),
    note: asked("note") || "", // "copied printed": noted that, never what
    minimum: 5000, // ms of a view before its first heartbeat
    every: 15000, // ms between heartbeats; none without activity since the last
    idle: 5000, // ms that one touch of mouse or key counts as activity
    gap: 5000, // ms between two looks at the clock; more is sleep or a blocked page
    most: 200, // signals kept while offline
  }, win.viewtrailOptions);
  if (win.viewtrail) return;

  const page = [...crypto.getRandomValues(new Uint8Array(8))].map((b) => b.toString(36)).join("");
  const open = new Map(); // key -> view now in the page
  const parts = new Map(); // key -> views it had in this page before
  let queue = [], said = 0, sending = null, gone = false, pause = 0, retry = 0;
  let last = performance.now(), activeUntil = 0, acted = false, awake = true, spoken = null, rules = null;
  let arrived = performance.timeOrigin + ((performance.getEntriesByType("navigation")[0] || {}).responseStart || 0);

  const seeing = () => awake && doc.visibilityState === "visible" && !doc.prerendering;
  const shown = (view) => !view.el || (view.el.isConnected && view.el.getClientRects().length > 0);

  // Adds the time since the last look to every view that is being seen.
  function count() {
    const now = performance.now(), step = now - last, from = last;
    last = now;
    for (const view of open.values()) {
      if (!view.running) continue;
      if (step > set.gap) view.whole = false; // what was missed is left out: a lower bound
      else {
        view.dwell += step;
        view.active += Math.max(0, Math.min(now, activeUntil) - from);
      }
    }
  }

  function say(kind, view, more) {
    const at = Date.now();
    const item = Object.assign({
      kind, page, seq: kind === "heartbeat" ? 0 : ++said, began: Math.max(0, view.began - view.got), lasted: Math.max(0, at - view.began),
      at, dwell: Math.round(view.dwell), active: Math.round(view.active), whole: view.whole, n: 0,
    }, more);
    Object.defineProperty(item, "view", { value: view });
    if (kind === "heartbeat") queue = queue.filter((old) => old.view !== view || old.kind !== kind || old.out);
    queue.push(item);
    if (queue.length > set.most) queue.splice(queue.findIndex((old) => old.kind === "heartbeat"), 1);
  }

  // Begins, pauses and goes on with views, as the page is now.
  function look() {
    count();
    const on = seeing();
    for (const view of open.values()) {
      const was = view.running;
      view.running = on && view.rendered && shown(view);
      if (view.running && !view.began) {
        view.began = Date.now();
        say("visible", view);
      } else if (was && !view.running) say("heartbeat", view);
    }
    flush();
  }

  function leave(view) {
    open.delete(view.key);
    if (watcher && view.el) watcher.unobserve(view.el);
    if (view.began) say("left", view);
  }

  function enter(key, head, el) {
    const before = parts.get(key) || 0;
    parts.set(key, before + 1);
    const view = {
      key, head, el, part: before ? page + "-" + before : "", got: arrived || Date.now(), began: 0,
      running: false, rendered: !el, dwell: 0, active: 0, whole: true, pinged: 0, n: 0,
    };
    open.set(key, view);
    if (el) watcher.observe(el);
  }

  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      for (const view of open.values()) if (view.el === entry.target && entry.isIntersecting) view.rendered = true;
    }
    look();
  });

  // What is in the page now: tokens in the markup, one given by viewtrail.view(), or what the rules say.
  function scan() {
    const found = new Map();
    for (const el of doc.querySelectorAll("[data-viewtrail-view]")) {
      const token = el.getAttribute("data-viewtrail-view");
      if (token && !(found.has(token) && shown({ el: found.get(token).el }))) found.set(token, { head: { token }, el });
    }
    const meta = doc.querySelector('meta[name="viewtrail-view"]');
    if (meta && meta.content) found.set(meta.content, { head: { token: meta.content }, el: null });
    if (spoken) found.set(spoken.token, { head: { token: spoken.token }, el: spoken.el });
    if (rules) rules.find(found);
    count();
    for (const view of [...open.values()]) {
      const same = found.get(view.key);
      if (!same) leave(view);
      else if (same.el !== view.el) { // drawn anew by the page: the same view goes on
        if (view.el) watcher.unobserve(view.el);
        view.el = same.el;
        if (view.el) watcher.observe(view.el);
      }
    }
    for (const [key, { head, el }] of found) if (!open.has(key)) enter(key, head, el);
    arrived = 0;
    look();
  }

  function body(items) {
    return JSON.stringify(items.map((item) => Object.assign({}, item, item.view.head, {
      part: item.view.part, age: Math.max(0, Date.now() - item.at), at: undefined,
    })));
  }

  const post = (items) => fetch(set.to, {
    method: "POST", body: body(items), keepalive: true, credentials: "same-origin", signal: sending.signal,
    headers: { "Content-Type": "text/plain;charset=UTF-8" },
  }).then((reply) => {
    if (reply.status === 429 || reply.status >= 500) throw reply;
    return reply.json().then((told) => told.results, () => []);
  });

  // Sends what waits, in order, one request at a time; what was not taken is kept and sent again, later each time.
  function flush() {
    if (sending || !queue.length || retry || gone) return;
    const mine = sending = new AbortController();
    const items = queue.slice(0, 20);
    items.forEach((item) => Object.defineProperty(item, "out", { value: true }));
    (set.send ? set.send(JSON.parse(body(items))) : post(items)).then((results) => {
      items.forEach((item, i) => {
        const told = results && results[i];
        if (told && told.part && !item.view.part) item.view.part = told.part; // this page is a copy of another
        if (told && told.token) item.view.head.token = told.token; // what the server knows of it now
      });
      queue = queue.filter((item) => !items.includes(item));
      pause = 0;
    }, () => {
      if (mine !== sending) return;
      pause = Math.min(60000, pause * 2 || 1000);
      retry = setTimeout(again, pause);
    }).then(() => {
      if (mine === sending) sending = null;
      flush();
    });
  }

  function again() {
    clearTimeout(retry);
    retry = 0;
    flush();
  }

  // The page goes: what waits is handed to the browser, which sends it when the page is gone.
  function goodbye(event) {
    count();
    for (const view of [...open.values()]) leave(view);
    gone = true; // a request under way in a page kept for "back" would hold its connection, of which there are six
    if (sending) sending.abort();
    sending = null;
    if (queue.length) {
      if (set.send) set.send(JSON.parse(body(queue)));
      else navigator.sendBeacon(set.to, new Blob([body(queue.slice(-50))], { type: "text/plain" }));
    }
    if (!event.persisted) queue = []; // else kept: said twice counts once
  }

  function back(event) {
    if (!event.persisted) return;
    last = performance.now();
    gone = false;
    again();
    scan(); // what is in the page is viewed again: a new view
  }

  function tick() {
    look();
    let told = false;
    for (const view of open.values()) {
      const due = view.pinged ? view.pinged + set.every : set.minimum;
      if (!view.running || !acted || view.dwell < due) continue;
      view.pinged = view.dwell;
      told = true;
      say("heartbeat", view);
    }
    if (told) acted = false;
    flush();
  }

  function act() {
    count();
    acted = true;
    activeUntil = performance.now() + set.idle;
  }
  for (const type of ["pointerdown", "pointermove", "keydown", "wheel", "scroll", "touchstart"]) {
    win.addEventListener(type, act, { passive: true, capture: true });
  }
  function noted(kind, target) {
    if (!set.note.includes(kind)) return;
    const field = target && target.closest && target.closest("[data-viewtrail-field]");
    for (const view of open.values()) {
      if (view.began) say(kind, view, { n: ++view.n, field: field ? field.getAttribute("data-viewtrail-field") : "" });
    }
    flush();
  }
  doc.addEventListener("copy", (event) => noted("copied", event.target), true);
  win.addEventListener("beforeprint", () => noted("printed"));
  doc.addEventListener("visibilitychange", look);
  doc.addEventListener("prerenderingchange", look);
  doc.addEventListener("freeze", () => { count(); awake = false; look(); });
  doc.addEventListener("resume", () => { awake = true; last = performance.now(); look(); });
  win.addEventListener("pagehide", goodbye);
  win.addEventListener("pageshow", back);
  win.addEventListener("online", again);
  let due = 0;
  new MutationObserver(() => { due = due || setTimeout(() => { due = 0; scan(); }, 100); }).observe(doc.documentElement, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["data-viewtrail-view", "content"],
  });
  win.viewtrail = {
    // A record is shown that no markup names; without a token, none is any more.
    view(token, el) { spoken = token ? { token, el: el || null } : null; scan(); },
    // For rules.js: its settings, what finds records in a page, a look at once, and a signal of its own.
    set, scan,
    use(find) { rules = { find }; scan(); },
    say(kind, head, more) {
      say(kind, { head, part: "", began: Date.now(), got: Date.now(), dwell: 0, active: 0, whole: true }, more);
      flush();
    },
  };
  setInterval(tick, 1000);
  if (doc.readyState === "loading") doc.addEventListener("DOMContentLoaded", scan); else scan();
})();
