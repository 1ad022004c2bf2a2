// The intake desk: decisions open as sheets above the bar, the keyboard never has to look for its place.
import { shown } from "./keys.js";

const FIELDS = "input:not([type=hidden]), textarea, select";

// One sheet at a time, also where the browser does not know <details name>; the first empty field is next.
function opened(sheet) {
  if ("kept" in sheet.dataset) { delete sheet.dataset.kept; return; } // drawn anew, open as it was
  document.querySelectorAll("details[data-sheet][open]").forEach((other) => { if (other !== sheet) other.open = false; });
  const fields = [...sheet.querySelectorAll(FIELDS)];
  const next = fields.find((each) => !each.value) || fields[0] || sheet.querySelector("button");
  if (next) next.focus();
  const form = sheet.querySelector("form");
  if (form) form.scrollIntoView({ block: "nearest" }); // its buttons too, where it opens at the lower edge
}

function close(sheet) {
  sheet.open = false;
  sheet.querySelector("summary").focus();
}

// Enter in a line of a long form goes on to the next line; sending has a key and a button of its own.
function goOn(form, from) {
  const fields = [...form.elements].filter((each) => each.matches(FIELDS) && each.tabIndex >= 0 && shown(each));
  const next = fields[fields.indexOf(from) + 1];
  if (next) next.focus();
}

export function startSheets() {
  const form = document.querySelector("form[data-go-to]");
  const place = form && document.getElementById(form.dataset.goTo);
  if (place) place.focus();
  document.addEventListener("toggle", (event) => {
    if (event.target.matches("details[data-sheet]") && event.target.open) opened(event.target);
  }, true);
  document.addEventListener("keydown", (event) => {
    const sheet = event.key === "Escape" && document.querySelector("details[data-sheet][open]");
    if (sheet) { event.preventDefault(); close(sheet); }
  });
  document.addEventListener("submit", (event) => {
    if (!event.submitter || !event.submitter.hasAttribute("data-go-on")) return;
    event.preventDefault();
    goOn(event.target, document.activeElement);
  }, true);
  document.addEventListener("htmx:afterSettle", (event) => {
    const place = event.detail.elt.closest("[data-next]") || event.detail.elt.querySelector("[data-next]");
    const next = place && document.getElementById(place.dataset.next);
    if (next) next.focus();
  });
}
