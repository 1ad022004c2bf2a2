// Nothing typed is lost. The server holds the draft; what it has not taken yet waits in this browser, and only that,
// because the fields hold people's names and phones: the copy goes away as soon as the server has answered.
import { say, timeOfDay } from "./say.js";

const DELAY = 1000;
const RETRY = 8000;
const KEPT_DAYS = 7;
const PREFIX = "huying:draft:";
const SECRET = ["csrfmiddlewaretoken", "_refresh"];

const account = () => document.body.dataset.account || "";
const keyOf = (form) => `${PREFIX}${account()}:${form.dataset.draft}`;

function fieldsOf(form) {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return data;
}

function valuesOf(form) {
  return [...fieldsOf(form)].filter(([name]) => !SECRET.includes(name));
}

function store(key, entry) {
  try {
    if (entry) localStorage.setItem(key, JSON.stringify(entry));
    else localStorage.removeItem(key);
  } catch { /* a full or forbidden store: the server's copy remains */ }
}

function stored(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

class Draft {
  constructor(form) {
    this.form = form;
    this.key = keyOf(form);
    this.changes = 0;
    this.taken = 0;
    this.restore();
    form.addEventListener("submit", (event) => {
      if (!event.defaultPrevented) this.leaveWith();
    });
  }

  changed() {
    this.changes += 1;
    this.gone = false;
    store(this.key, { at: Date.now(), fields: valuesOf(this.form) });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), DELAY);
  }

  // Sent, but not known to have arrived: the next page of this account that is not this form clears the copy.
  leaveWith() {
    clearTimeout(this.timer);
    this.gone = true;
    store(this.key, { at: Date.now(), fields: valuesOf(this.form), sent: true });
  }

  async save() {
    if (this.saving || this.gone || this.taken === this.changes || !this.form.isConnected) return;
    this.saving = true;
    const upTo = this.changes;
    try {
      const answer = await fetch(this.form.dataset.draft, { method: "POST", body: fieldsOf(this.form), headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) throw new Error(`draft: ${answer.status}`);
      const body = await answer.json().catch(() => ({}));
      this.took(upTo, new Date(body.saved_at || Date.now()));
    } catch {
      this.show("还没有暂存到服务器，内容先留在本机，会自动再试", true);
      this.timer = setTimeout(() => this.save(), RETRY);
    }
    this.saving = false;
    if (this.taken !== this.changes && this.taken === upTo) this.timer = setTimeout(() => this.save(), DELAY);
  }

  took(upTo, moment) {
    this.taken = upTo;
    this.form.dataset.draftSaved = moment.toISOString();
    if (this.changes === upTo && !this.gone) store(this.key, null);
    this.show(`已暂存 ${timeOfDay(moment)}`, false);
  }

  // The page goes away: one last post that outlives it. Its answer is never seen, so the local copy stays.
  flush() {
    if (this.gone || this.taken === this.changes) return;
    const body = fieldsOf(this.form);
    if (!navigator.sendBeacon || !navigator.sendBeacon(this.form.dataset.draft, body)) {
      fetch(this.form.dataset.draft, { method: "POST", body, keepalive: true }).catch(() => {});
    }
  }

  show(text, late) {
    const place = this.form.querySelector("[data-draft-state]");
    if (!place) return;
    place.textContent = text;
    place.classList.add("hy-draft");
    place.classList.toggle("is-late", late);
  }

  restore() {
    const copy = stored(this.key);
    if (!copy) return;
    const saved = Date.parse(this.form.dataset.draftSaved || "") || 0;
    const before = JSON.stringify(valuesOf(this.form));
    if (copy.at <= saved || JSON.stringify(copy.fields) === before) {
      store(this.key, null);
      return;
    }
    fill(this.form, copy.fields);
    say(`已恢复 ${timeOfDay(new Date(copy.at))} 没来得及保存的内容`);
    this.show(`已恢复 ${timeOfDay(new Date(copy.at))} 没来得及保存的内容`, false);
    this.changed();
  }
}

function fill(form, fields) {
  const values = new Map();
  fields.forEach(([name, value]) => values.set(name, [...(values.get(name) || []), value]));
  const taken = new Map();
  for (const control of form.elements) {
    if (!control.name || SECRET.includes(control.name) || ["file", "submit", "button", "password"].includes(control.type)) continue;
    const given = values.get(control.name) || [];
    if (control.type === "checkbox" || control.type === "radio") control.checked = given.includes(control.value);
    else if (control.multiple) [...control.options].forEach((option) => { option.selected = given.includes(option.value); });
    else {
      const place = taken.get(control.name) || 0;
      if (place < given.length) control.value = given[place];
      taken.set(control.name, place + 1);
    }
  }
}

const drafts = new Set();

export function attachDrafts(root) {
  const forms = [...root.querySelectorAll("form[data-draft]")];
  if (root.matches && root.matches("form[data-draft]")) forms.push(root);
  forms.filter((form) => !form.hyDraft).forEach((form) => {
    form.hyDraft = new Draft(form);
    drafts.add(form.hyDraft);
  });
}

function clear(unwanted) {
  try {
    Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).forEach((key) => {
      if (unwanted(key, stored(key))) store(key, null);
    });
  } catch { /* no store */ }
}

// Controls may stand outside their form (`form="id"`), so the document listens, not the form.
function noticed(event) {
  const form = event.target.form;
  if (form && form.hyDraft && event.target.name) form.hyDraft.changed();
}

export function startDrafts() {
  document.addEventListener("input", noticed);
  document.addEventListener("change", noticed);
  const here = new Set([...document.querySelectorAll("form[data-draft]")].map(keyOf));
  const oldest = Date.now() - KEPT_DAYS * 86400000;
  const mine = `${PREFIX}${account()}:`;
  clear((key, entry) => !entry || entry.at < oldest || (entry.sent && key.startsWith(mine) && !here.has(key)));
  const flush = () => drafts.forEach((draft) => draft.form.isConnected && draft.flush());
  window.addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", () => { if (document.hidden) flush(); });
  window.addEventListener("online", () => drafts.forEach((draft) => draft.save()));
  document.addEventListener("click", (event) => { // a shared machine keeps nothing of who signs out
    if (event.target.closest("[data-signs-out]")) clear((key) => key.startsWith(mine));
  });
}
