// Carries signals from the CRM's pages to Viewtrail, and shows that it is on.
"use strict";
importScripts("settings.js");

// The rules, kept until the browser is closed: a page is not to wait for them each time.
async function rules(set) {
  const kept = await chrome.storage.session.get("rules");
  if (kept.rules && kept.rules.site === set.site && Date.now() - kept.rules.at < 300000) return kept.rules.told;
  const told = await (await fetch(set.rules + "?site=" + encodeURIComponent(set.site))).json();
  await chrome.storage.session.set({ rules: { site: set.site, at: Date.now(), told } });
  return told;
}

async function answer(message) {
  const set = await settings();
  if (message.ask === "start") return { agent: set.agent, given: await rules(set) };
  const reply = await fetch(set.to, {
    method: "POST", body: JSON.stringify(message.signals), credentials: "omit",
    headers: { "Content-Type": "text/plain;charset=UTF-8" },
  });
  if (reply.status === 429 || reply.status >= 500) throw new Error("not taken: " + reply.status);
  return { results: (await reply.json().catch(() => ({}))).results || [] };
}

chrome.runtime.onMessage.addListener((message, sender, send) => {
  if (sender.id !== chrome.runtime.id) return false;
  answer(message).then(send, (error) => send({ error: String(error) }));
  return true;
});

chrome.action.setBadgeText({ text: "ON" });
chrome.action.setBadgeBackgroundColor({ color: "#2f5d50" });
