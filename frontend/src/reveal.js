// A masked value: the page that asks why opens over this one; its answer, marked `data-revealed`, takes the mask's place.
import { begin, end } from "./progress.js";
import { element } from "./say.js";

async function load(address, options) {
  begin();
  try {
    const answer = await fetch(address, options);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } finally {
    end();
  }
}

function show(dialog, link, page) {
  const value = page.querySelector("[data-revealed]");
  if (value) {
    link.closest(".hy-masked").querySelector(".hy-masked__text").textContent = value.textContent.trim();
    link.remove();
    dialog.close();
    return;
  }
  const main = page.querySelector("#main");
  if (!main || !main.querySelector("form")) {
    location.assign(link.href);
    return;
  }
  dialog.replaceChildren(...main.childNodes);
  dialog.querySelectorAll("form").forEach((form) => {
    if (!form.getAttribute("action")) form.setAttribute("action", link.href);
  });
  if (!dialog.open) dialog.showModal();
  const first = dialog.querySelector("textarea, select, input:not([type=hidden])");
  if (first) first.focus();
}

async function open(link) {
  const dialog = element("dialog", { class: "hy-dialog", "aria-label": "查看前请说明理由" });
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("a")) { event.preventDefault(); dialog.close(); }
  });
  dialog.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const form = event.target;
    const body = new FormData(form);
    if (event.submitter && event.submitter.name) body.append(event.submitter.name, event.submitter.value);
    show(dialog, link, await load(form.getAttribute("action"), { method: "POST", body }));
  });
  show(dialog, link, await load(link.href));
}

export function startRevealing() {
  if (!window.HTMLDialogElement) return;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-reveal]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link).catch(() => location.assign(link.href));
  });
}
