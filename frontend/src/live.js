// What happens elsewhere is marked, never moved: rows get a sign, new orders wait behind a bar until they are asked for.
import { phoneCaughtUp, phoneNews } from "./bar.js";

const HIDDEN_FOR = 60000;
const LONGEST_WAIT = 60000;
const fresh = new Set();
const changed = new Set();
let source = null;
let lastId = "";
let attempts = 0;
let retry = 0;
let hiding = 0;

function note(row) {
  row.classList.add("is-changed");
  const place = row.querySelector("td") || row;
  row.title = "有更新";
  if (!row.querySelector("[data-changed]")) {
    const word = document.createElement("span");
    word.className = "visually-hidden";
    word.dataset.changed = "";
    word.textContent = "有更新";
    place.append(word);
  }
}

function wanted(topics) {
  return [...document.querySelectorAll("[data-live-topics]")]
    .some((list) => list.dataset.liveTopics.split(" ").some((topic) => topics.includes(topic)));
}

export function take(message) {
  for (const number of message.orders || []) {
    const rows = document.querySelectorAll(`[data-order="${CSS.escape(number)}"]`);
    rows.forEach(note);
    if (rows.length) changed.add(number);
    else if (wanted(message.topics || [])) fresh.add(number);
  }
  announce();
}

function announce() {
  const bar = document.getElementById("hy-live");
  if (!bar || !(fresh.size + changed.size)) return;
  const parts = [];
  if (fresh.size) parts.push(`有 ${fresh.size} 条新工单`);
  if (changed.size) parts.push(document.querySelector("[data-live-topics]") ? `${changed.size} 条有更新` : "这张工单有更新");
  bar.querySelector("a").textContent = `${parts.join("，")}，点这里查看`;
  bar.hidden = false;
}

function state(text) {
  const foot = document.querySelector(".hy-foot");
  if (!foot) return;
  let word = foot.querySelector("[data-live-state]");
  if (!word) {
    word = document.createElement("span");
    word.dataset.liveState = "";
    foot.append(word);
  }
  word.textContent = text;
}

function open() {
  clearTimeout(retry);
  const address = new URL(document.body.dataset.live, location.href);
  if (lastId) address.searchParams.set("last_event_id", lastId);
  source = new EventSource(address, { withCredentials: true });
  source.onopen = () => { attempts = 0; state("实时更新已连接"); phoneCaughtUp(); };
  source.onmessage = (event) => {
    lastId = event.lastEventId || lastId;
    if (event.data) take(JSON.parse(event.data));
  };
  source.addEventListener("phone", (event) => phoneNews(JSON.parse(event.data)));
  source.onerror = () => {
    state("实时更新已断开，正在重连");
    if (source.readyState !== EventSource.CLOSED) return; // the browser itself comes back, with Last-Event-ID
    attempts += 1;
    const wait = Math.min(LONGEST_WAIT, 1000 * 2 ** attempts) * (0.5 + Math.random()); // not all at once after a restart
    retry = setTimeout(open, wait);
  };
}

// A tab nobody looks at gives its connection back (browsers allow six to one host) and catches up by the last id. Not the
// tab of somebody who takes calls: it must ring.
function watchVisibility() {
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hiding);
    if (document.hidden && lastId && !document.getElementById("hy-phone")) hiding = setTimeout(() => { source.close(); clearTimeout(retry); source = null; }, HIDDEN_FOR);
    else if (!document.hidden && !source) open();
  });
}

export function startLive() {
  if (!document.body.dataset.live || !window.EventSource) return;
  lastId = document.body.dataset.liveLast || "";
  open();
  watchVisibility();
  window.addEventListener("pagehide", () => { clearTimeout(retry); if (source) source.close(); source = null; });
  window.addEventListener("pageshow", (event) => { if (event.persisted && !source) open(); });
}
