// In the CRM's pages: the settings and the way out for beacon.js and rules.js, and the mark that says it is on.
(async () => {
  "use strict";
  const ask = async (message) => {
    const told = await chrome.runtime.sendMessage(message);
    if (!told || told.error) throw new Error(told ? told.error : "no answer");
    return told;
  };

  function mark() {
    const host = document.createElement("div");
    host.id = "viewtrail-mark";
    const inside = host.attachShadow({ mode: "closed" });
    inside.innerHTML =
      '<style>:host{position:fixed;right:8px;bottom:8px;z-index:2147483647;pointer-events:none}' +
      'span{font:12px/1.4 system-ui,sans-serif;color:#fff;background:#2f5d50;padding:2px 8px;border-radius:9px}</style>' +
      '<span role="status">Viewtrail is on</span>';
    document.documentElement.append(host);
  }

  // beacon.js and rules.js run after this file, and wait for what the background says.
  window.viewtrailOptions = { send: async (signals) => (await ask({ signals })).results };
  let told = null;
  for (let pause = 1000; !told; pause = Math.min(pause * 2, 60000)) {
    told = await ask({ ask: "start" }).catch(() => null);
    if (!told) await new Promise((later) => setTimeout(later, pause));
  }
  window.viewtrail.set.agent = told.agent;
  window.viewtrail.start(told.given);
  if (document.body) mark();
  else document.addEventListener("DOMContentLoaded", mark);
})();
