// What the company's policy says, or where there is none, what was built in.
"use strict";
async function settings() {
  const built = await (await fetch(chrome.runtime.getURL("built.json"))).json();
  const policy = await chrome.storage.managed.get().catch(() => ({}));
  return Object.assign({}, built, policy);
}
