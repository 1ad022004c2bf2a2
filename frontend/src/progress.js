// Whatever takes longer than 300 ms shows that it is under way.
let bar;
let timer;
let running = 0;

function show() {
  bar = bar || document.createElement("div");
  bar.className = "hy-progress";
  bar.setAttribute("role", "progressbar");
  bar.setAttribute("aria-label", "正在处理");
  document.body.append(bar);
}

export function begin() {
  running += 1;
  clearTimeout(timer);
  timer = setTimeout(show, 300);
}

export function end() {
  running = Math.max(0, running - 1);
  if (running) return;
  clearTimeout(timer);
  if (bar) bar.remove();
}

function leavesPage(link, event) {
  return link && !event.defaultPrevented && event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey
    && !event.altKey && !link.target && !link.hasAttribute("download") && link.dataset.wait !== "off"
    && link.origin === location.origin && (link.pathname !== location.pathname || link.search !== location.search || !link.hash);
}

export function startProgress() {
  document.addEventListener("click", (event) => {
    if (leavesPage(event.target.closest("a[href]"), event)) begin();
  });
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented && event.target.dataset.wait !== "off") begin();
  });
  document.addEventListener("htmx:beforeRequest", begin);
  document.addEventListener("htmx:afterRequest", end);
  window.addEventListener("pageshow", () => { running = 0; end(); });
}
