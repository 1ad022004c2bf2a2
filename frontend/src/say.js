// A short word at the bottom of the page that goes away by itself; screen readers hear it.
let box;
let timer;

export function say(text) {
  if (!box) {
    box = document.createElement("div");
    box.className = "hy-said";
    box.setAttribute("role", "status");
    document.body.append(box);
  }
  box.textContent = text;
  box.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => { box.hidden = true; }, 2500);
}

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// The time of day in Shanghai, as every page shows it, whatever zone this machine is set to.
export function timeOfDay(moment) {
  return new Intl.DateTimeFormat("zh-CN", {
    timeZone: "Asia/Shanghai", hourCycle: "h23", hour: "2-digit", minute: "2-digit", second: "2-digit",
  }).format(moment);
}
