// A page left open must not go on saying "还剩 3 分": the same words as ui/rules/times.py, every half minute.
const DAY = 86400;

export function spanWords(seconds) {
  const total = Math.floor(Math.abs(seconds));
  if (total < 60) return "不到 1 分";
  const units = [[Math.floor(total / DAY), "天"], [Math.floor(total / 3600) % 24, "小时"], [Math.floor(total / 60) % 60, "分"]];
  const first = units.findIndex(([count]) => count > 0);
  return units.slice(first, first + 2).filter(([count], place) => count > 0 || place === 0)
    .map(([count, name]) => `${count} ${name}`).join(" ");
}

function refresh(clock, now) {
  const left = (Date.parse(clock.dataset.due) - now) / 1000;
  const state = left < 0 ? "overdue" : left <= Number(clock.dataset.dueNear) ? "near" : "ok";
  clock.querySelector(".hy-due__left").textContent = `${left < 0 ? "已超" : "还剩"} ${spanWords(left)}`;
  clock.classList.remove("hy-due--ok", "hy-due--near", "hy-due--overdue");
  clock.classList.add(`hy-due--${state}`);
}

export function startClocks() {
  setInterval(() => {
    const now = Date.now();
    document.querySelectorAll("[data-due-runs]").forEach((clock) => refresh(clock, now));
  }, 30000);
}
