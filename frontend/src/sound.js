// Listening to a recording: the outline shows where one is and takes a click, speeds and steps for people in a hurry.
function parts(element) {
  const box = element.closest("[data-recording]");
  return box && { box, sound: box.querySelector("[data-sound]"), wave: box.querySelector("[data-wave]"), at: box.querySelector("[data-wave-at]") };
}

function go(sound, seconds) {
  const move = () => { sound.currentTime = Math.max(0, Math.min(sound.duration || 0, seconds)); };
  if (sound.readyState > 0) move();
  else { sound.addEventListener("loadedmetadata", move, { once: true }); sound.load(); }
}

export function startSound() {
  document.addEventListener("click", (event) => {
    const found = parts(event.target);
    if (!found) return;
    const { box, sound, wave } = found;
    const { speed, skip } = event.target.dataset;
    if (speed) {
      sound.playbackRate = Number(speed);
      box.querySelectorAll("[data-speed]").forEach((button) => button.setAttribute("aria-pressed", String(button === event.target)));
    } else if (skip) go(sound, sound.currentTime + Number(skip));
    else if (wave && wave.contains(event.target)) {
      const { left, width } = wave.getBoundingClientRect();
      const share = (event.clientX - left) / width;
      if (sound.readyState > 0) go(sound, share * sound.duration);
      else { sound.addEventListener("loadedmetadata", () => go(sound, share * sound.duration), { once: true }); sound.load(); }
    }
  });
  document.addEventListener("timeupdate", (event) => {
    const found = parts(event.target);
    if (found && found.at && found.sound.duration) found.at.style.left = `${(found.sound.currentTime / found.sound.duration) * 100}%`;
  }, true);
}
