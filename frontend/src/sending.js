// A double click sends a form once. The server has its own guard; this one spares the person a puzzling answer.
const AGAIN_AFTER = 10000;

function buttons(form) {
  return [...form.elements].filter((control) => control.type === "submit");
}

function settle(form) {
  delete form.dataset.sentAt;
  buttons(form).forEach((button) => button.removeAttribute("aria-busy"));
}

export function startSending() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const question = event.submitter && event.submitter.dataset.confirm;
    if (event.defaultPrevented) return;
    if (question && !window.confirm(question)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
  
    if (Date.now() - Number(form.dataset.sentAt || 0) < AGAIN_AFTER) {
      event.preventDefault();
      return;
    }
    form.dataset.sentAt = String(Date.now());
    setTimeout(() => buttons(form).forEach((button) => button.setAttribute("aria-busy", "true"))); // after the value is taken
    setTimeout(() => settle(form), AGAIN_AFTER);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent-at]").forEach(settle));
}
