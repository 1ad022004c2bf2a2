// Shows what was picked, and says at once when a file is too large to be taken.
import { element } from "./say.js";

const MIB = 1048576;

function line(file, most) {
  const item = element("li");
  if (file.type.startsWith("image/")) {
    const picture = element("img", { alt: "" });
    picture.src = URL.createObjectURL(file);
    picture.onload = () => URL.revokeObjectURL(picture.src);
    item.append(picture);
  }
  const size = file.size < MIB ? `${Math.ceil(file.size / 1024)} KB` : `${(file.size / MIB).toFixed(1)} MB`;
  item.append(`${file.name} ${size}`);
  if (most && file.size > most) {
    item.className = "is-wrong";
    item.append(`，超过 ${most / MIB} MB，请换小一些的`);
  }
  return item;
}

export function preview(input) {
  const most = Number(input.dataset.maxMb || 0) * MIB;
  const old = input.parentElement.querySelector(".hy-picked");
  if (old) old.remove();
  const files = [...input.files];
  const large = most && files.some((file) => file.size > most);
  input.setCustomValidity(large ? "有文件太大，请换小一些的" : "");
  if (files.length) input.insertAdjacentElement("afterend", element("ul", { class: "hy-picked" }, ...files.map((file) => line(file, most))));
}

export function startFiles() {
  document.addEventListener("change", (event) => {
    if (event.target.matches("input[type=file][data-preview], input[type=file][data-max-mb]")) preview(event.target);
  });
}
