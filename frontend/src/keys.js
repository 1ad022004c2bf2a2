// Keys for people who work here all day. A page's own key wins over the menu's of the same name.
import { element } from "./say.js";

const TYPING = "input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]), textarea, select, [contenteditable]";

function nameOf(event) {
  if (event.altKey && !event.ctrlKey && /^(Digit|Numpad)\d$/.test(event.code)) return `alt+${event.code.slice(-1)}`;
  if (event.altKey && !event.ctrlKey && /^Key[A-Z]$/.test(event.code)) return `alt+${event.code.slice(-1).toLowerCase()}`;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") return "ctrl+enter";
  if (event.ctrlKey || event.metaKey || event.altKey) return "";
  return event.key;
}

// What lies in closed <details> has boxes in some browsers and none in others; it is not shown in any.
export function shown(each) {
  const shut = each.closest("details:not([open])");
  return each.getClientRects().length > 0 && (!shut || each.closest("summary") === shut.querySelector("summary"));
}

function bearers(name) {
  const all = [...document.querySelectorAll(`[data-key="${name}"]`)].filter(shown);
  const own = all.filter((each) => !each.closest(".hy-nav"));
  return own.length ? own : all;
}

function press(target) {
  if (target.matches("a, button, summary")) {
    target.click();
    return;
  }
  const inside = target.matches(TYPING) ? target : target.querySelector("input:not([type=hidden]), textarea, select, a, button");
  (inside || target).focus();
  target.scrollIntoView({ block: "nearest" });
}

function send() {
  const form = document.activeElement.closest("form") || document.querySelector("form[data-main]");
  const within = bearers("ctrl+enter");
  const sheet = within.find((each) => !each.matches("summary") && each.closest("details[data-sheet][open]"));
  const button = sheet || within.find((each) => form && form.contains(each)) || within[0];
  if (button) button.click();
  else if (form && form.matches("[data-main]")) form.requestSubmit();
  return Boolean(button || form);
}

function step(forward) {
  const links = [...document.querySelectorAll("[data-list] tbody tr")]
    .map((row) => row.querySelector("[data-open]") || row.querySelector("a[href]")).filter(Boolean);
  if (!links.length) return false;
  const row = document.activeElement.closest("tr");
  const here = links.findIndex((link) => link.closest("tr") === row);
  const next = here < 0 ? 0 : Math.min(links.length - 1, Math.max(0, here + (forward ? 1 : -1)));
  links[next].focus();
  return true;
}

function search() {
  const field = bearers("/")[0] || document.querySelector("input[type=search]");
  if (!field) return false;
  field.focus();
  if (field.select) field.select();
  return true;
}

function label(bearer) {
  if (bearer.dataset.keyLabel) return bearer.dataset.keyLabel;
  const heading = bearer.querySelector("h2, legend");
  const named = heading || (bearer.labels && bearer.labels[0]) || bearer;
  const copy = named.cloneNode(true);
  copy.querySelectorAll("kbd, .hy-count, .visually-hidden, .hy-must").forEach((extra) => extra.remove());
  return copy.textContent.trim();
}

export function showKeys() {
  const old = document.getElementById("hy-keys");
  if (old) old.remove();
  const list = element("dl");
  const rows = [["/", "查找"], ["j k", "列表里下一行、上一行，Enter 打开"], ["?", "显示快捷键"], ["Esc", "关闭"]];
  const names = [...new Set([...document.querySelectorAll("[data-key]")].map((each) => each.dataset.key))].sort();
  names.filter((name) => name !== "/").reverse().forEach((name) => {
    const bearer = bearers(name)[0];
    if (bearer) rows.unshift([name, label(bearer)]);
  });
  rows.forEach(([name, meaning]) => list.append(element("dt", {}, element("kbd", { class: "hy-key" }, name.replace(/^alt|^ctrl|enter$/g, (word) => word[0].toUpperCase() + word.slice(1)))), element("dd", {}, meaning)));
  const close = element("form", { method: "dialog" }, element("button", { class: "btn" }, "关闭"));
  const dialog = element("dialog", { id: "hy-keys", class: "hy-dialog", "aria-label": "快捷键" }, element("h2", {}, "快捷键"), list, close);
  document.body.append(dialog);
  dialog.showModal();
}

function act(name) {
  if (/^alt\+[\da-z]$/.test(name)) {
    const target = bearers(name)[0];
    if (target) press(target);
    return Boolean(target);
  }
  if (name === "ctrl+enter") return send();
  return false;
}

function actPlain(name) {
  if (name === "/") return search();
  if (name === "?") { showKeys(); return true; }
  if (name === "j" || name === "k") return step(name === "j");
  return false;
}

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    const name = nameOf(event);
    const done = act(name) || (!event.target.closest(TYPING) && actPlain(name));
    if (done) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.hy-account[open], details.hy-nav__more[open]").forEach((menu) => { menu.open = menu.contains(event.target); });
    if (event.target.closest("[data-keys-dialog]")) showKeys();
  });
}
