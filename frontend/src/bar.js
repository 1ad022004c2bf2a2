// The phone bar: follows the seat as it changes, passes keys on to the phone's window, and opens the caller's form.
import htmx from "htmx.org";

const channel = window.BroadcastChannel ? new BroadcastChannel("huying-phone") : null;
const POPPED = "huying:popped";
let phoneSeen = 0;
let waiting = 0;
let newsAt = 0;

const bar = () => document.getElementById("hy-phone");

// Several things often happen within milliseconds; one look is enough for all of them.
function lookAgain() {
  clearTimeout(waiting);
  waiting = setTimeout(() => { if (bar()) htmx.trigger(bar(), "hy:seat"); }, 40);
}

export function phoneNews(message) {
  document.dispatchEvent(new CustomEvent("hy:phone", { detail: message }));
  const mine = bar();
  if (mine && String(message.staff) === mine.dataset.staff) { newsAt = Date.now(); lookAgain(); }
  document.querySelectorAll("[data-phone-topics]").forEach((part) => {
    if (part.dataset.phoneTopics.split(" ").includes(message.topic)) soon(part);
  });
}

// A wall is drawn anew at most three times a second, however much goes on.
const drawing = new WeakMap();
function soon(part) {
  if (drawing.has(part)) return;
  drawing.set(part, setTimeout(() => { drawing.delete(part); htmx.trigger(part, "hy:news"); }, 300));
}

// What happened between the page and the stream, or while the stream was away, is told to nobody a second time.
export function phoneCaughtUp() {
  if (bar()) lookAgain();
  document.querySelectorAll("[data-phone-topics]").forEach(soon);
}

function typedInto(form) {
  return [...form.elements].some((field) => field.name && !["hidden", "submit", "button", "checkbox", "radio"].includes(field.type) && field.tagName !== "SELECT" && field.value !== field.defaultValue);
}

// The caller's form opens by itself once per call, unless somebody would lose what is typed elsewhere.
function pop(mine) {
  const { pop: address, call } = mine.dataset;
  if (!address || !call || location.pathname === address) return;
  try {
    if (sessionStorage.getItem(POPPED) === call) return;
    sessionStorage.setItem(POPPED, call);
  } catch { return; }
  const busy = [...document.querySelectorAll("main form:not([data-draft])")].some(typedInto);
  if (!busy && !document.querySelector("dialog[open]")) location.assign(address);
}

function timers() {
  document.querySelectorAll("[data-since]").forEach((clock) => {
    const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(clock.dataset.since)) / 1000));
    const hours = Math.floor(seconds / 3600);
    clock.textContent = `${hours ? `${hours}:` : ""}${String(Math.floor(seconds / 60) % 60).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
    const most = Number(clock.dataset.most || 0);
    clock.classList.toggle("is-over", most > 0 && seconds > most);
  });
}

function phoneThere() {
  return channel && Date.now() - phoneSeen < 12000;
}

function openPhone(address) {
  const made = window.open(address, "huying-phone", "popup,width=380,height=300");
  if (made) window.focus();
  return made;
}

function hearPhone({ data }) {
  if (!data || data.from !== "phone" || !bar()) return;
  phoneSeen = Date.now();
  bar().dataset.line = data.line;
  bar().dataset.phoneCall = data.call;
  const mark = bar().querySelector("[data-phone-line]");
  if (mark) mark.textContent = { registered: "话机已连", connecting: "话机连接中", disconnected: "话机断线", failed: "话机未登记", microphone: "话机无麦克风" }[data.line] || "";
  const mute = bar().querySelector("[data-phone-do=mute]");
  if (mute) mute.textContent = data.call === "muted" ? "取消静音" : "静音";
}

function askPhone() {
  if (!channel || !bar() || bar().dataset.kind !== "webrtc") return;
  channel.postMessage({ from: "bar", do: "hello", extension: bar().dataset.extension });
  setTimeout(() => {
    const missing = bar() && bar().querySelector("[data-phone-missing]");
    if (missing) missing.hidden = phoneThere();
  }, 800);
}

export function startBar() {
  timers(); // also on walls that are watched by whoever has no telephone
  setInterval(timers, 1000);
  document.body.addEventListener("htmx:afterSwap", timers);
  if (!bar()) return;
  if (channel) channel.onmessage = hearPhone;
  document.addEventListener("click", (event) => { // before anybody else: what the phone does itself needs no server
    const wish = event.target.closest("[data-phone-do]");
    if (!wish || !phoneThere()) return;
    event.preventDefault();
    event.stopPropagation();
    channel.postMessage({ from: "bar", do: wish.dataset.phoneDo });
  }, true);
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens-phone]");
    if (opener && openPhone(opener.dataset.opensPhone)) event.preventDefault();
  });
  document.addEventListener("submit", (event) => { // within the click that asked for it, or the browser blocks the window
    const form = event.target;
    const chosen = form.matches("[data-signs-in]") && form.querySelector("[name=phone] option:checked");
    if (chosen && chosen.dataset.kind === "webrtc") openPhone(form.dataset.signsIn); // it waits there until one is signed in
  });
  // What was asked for before the last news may show what was true before it, and takes the place of what is newer.
  document.body.addEventListener("htmx:beforeRequest", (event) => { event.detail.xhr.hyBegan = Date.now(); });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    const mine = bar();
    if (mine && event.detail.xhr && event.detail.xhr.hyBegan <= newsAt) lookAgain();
    if (mine && (event.target === mine || event.target.id === "hy-phone" || mine.contains(event.target))) { pop(mine); askPhone(); }
  });
  pop(bar());
  askPhone();
  setInterval(askPhone, 5000);
  setInterval(lookAgain, 20000); // whatever was missed
}
