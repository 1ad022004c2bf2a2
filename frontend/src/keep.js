// A part that is drawn anew while somebody works in it: sheets stay open, what is typed and where the hands are stays, and no
// click falls between the old and the new.
import htmx from "htmx.org";

const FIELDS = "input:not([type=hidden]), textarea, select, button, a";
let open = [];
let lasting = []; // what was said a moment ago and has to be read first
let pressed = null; // the part under a button of the mouse that is down
let missed = false; // whether it should have been drawn meanwhile

const ticked = (field) => field.type === "radio" || field.type === "checkbox";
const same = (field, old) => field.name === old.name && field.tagName === old.tagName && (field.value === old.value || !(ticked(old) || old.tagName === "BUTTON"));

function noted(sheet) {
  return { name: sheet.dataset.keep, fields: [...sheet.querySelectorAll(FIELDS)], here: document.activeElement };
}

function restored({ name, fields, here }) {
  const sheet = document.querySelector(`details[data-keep="${name}"]`);
  if (!sheet) return;
  if (!sheet.open) { sheet.dataset.kept = ""; sheet.open = true; }
  const fresh = [...sheet.querySelectorAll(FIELDS)];
  fields.forEach((old) => {
    const field = fresh.find((each) => same(each, old));
    if (!field) return;
    if (ticked(old)) field.checked = old.checked;
    else if (old.matches("input, textarea, select")) field.value = old.value;
    if (old !== here) return;
    field.focus();
    if (old.matches("input[type=text], input:not([type]), textarea")) field.setSelectionRange(old.selectionStart, old.selectionEnd);
  });
}

// What an action was told lasts for its seconds, whatever else is drawn meanwhile.
function begins({ detail }) {
  if (detail.requestConfig.verb === "get") return;
  const until = (each) => { each.dataset.until = Date.now() + each.dataset.lasts * 1000; };
  setTimeout(() => document.querySelectorAll("[data-lasts]:not([data-until])").forEach(until));
}

function goesOn() {
  lasting.splice(0).forEach(({ part, each }) => {
    const home = document.querySelector(`[data-redraws="${part}"]`);
    if (home && !home.querySelector("[data-lasts]")) home.append(each);
  });
}

function released() {
  const part = pressed;
  setTimeout(() => {
    pressed = null;
    if (missed && part.isConnected) htmx.trigger(part, part.dataset.redraws);
    missed = false;
  });
}

export function startKeeping() {
  document.addEventListener("pointerdown", (event) => { pressed = event.target.closest("[data-redraws]"); }, true);
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => { if (pressed) released(); }, true);
  document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
    open = [];
    if (detail.requestConfig.verb !== "get" || !detail.target.matches("[data-redraws]")) return;
    if (detail.target === pressed) { detail.shouldSwap = false; missed = true; return; }
    const left = [...detail.target.querySelectorAll("[data-lasts]")].filter((each) => Date.now() < each.dataset.until);
    lasting = left.map((each) => ({ part: detail.target.dataset.redraws, each }));
    open = [...detail.target.querySelectorAll("details[data-keep][open]")].map(noted);
  });
  document.body.addEventListener("htmx:afterSwap", (event) => { open.splice(0).forEach(restored); goesOn(); begins(event); });
}
