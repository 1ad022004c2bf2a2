// Division by division: choosing one fetches the next level's options.
import { begin, end } from "./progress.js";
import { say } from "./say.js";

async function choose(select) {
  const box = select.closest("[data-regions]");
  const all = [...box.querySelectorAll("select")];
  const below = all.slice(all.indexOf(select) + 1);
  below.forEach((each) => each.querySelectorAll("option[value]:not([value=''])").forEach((option) => option.remove()));
  if (!below.length || !select.value || !box.dataset.regions) return;
  const asked = select.value;
  begin();
  try {
    const address = new URL(box.dataset.regions, location.href);
    address.searchParams.set("parent", asked);
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(String(answer.status));
    const options = await answer.text();
    if (select.value === asked) below[0].insertAdjacentHTML("beforeend", options);
  } catch {
    say("下一级没有取到，请重新选择");
  } finally {
    end();
  }
}

export function startRegions() {
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-regions] select")) choose(event.target);
  });
}
