// Speaking instead of typing: the recording becomes a file of the form like any other.
import { preview } from "./files.js";
import { element } from "./say.js";

const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const LONGEST = 180;

function able() {
  return window.MediaRecorder && window.DataTransfer && navigator.mediaDevices && navigator.mediaDevices.getUserMedia;
}

function put(input, file) {
  const all = new DataTransfer();
  if (input.multiple) [...input.files].forEach((each) => all.items.add(each));
  all.items.add(file);
  input.files = all.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  preview(input);
}

class Recorder {
  constructor(box) {
    this.input = document.getElementById(box.dataset.record);
    this.longest = Number(box.dataset.recordMax || LONGEST);
    this.button = element("button", { type: "button", class: "btn" }, "开始录音");
    this.words = element("span", { class: "hy-help", role: "status" }, `也可以直接说，最长 ${this.longest / 60} 分钟`);
    this.player = element("audio", { controls: "", hidden: "" });
    box.classList.add("hy-record");
    box.append(this.button, this.words, this.player);
    this.button.addEventListener("click", () => (this.recorder ? this.recorder.stop() : this.begin()));
  }

  async begin() {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      this.words.textContent = "没有拿到麦克风，请在浏览器里允许使用，或改为打字";
      return;
    }
    const pieces = [];
    const type = TYPES.find((each) => MediaRecorder.isTypeSupported(each)) || "";
    this.recorder = new MediaRecorder(stream, type ? { mimeType: type } : {});
    this.recorder.ondataavailable = (event) => pieces.push(event.data);
    this.recorder.onstop = () => this.done(stream, pieces);
    this.recorder.start(1000);
    this.button.textContent = "说完了，停止";
    this.words.className = "hy-record__on";
    this.count(Date.now());
  }

  count(since) {
    const gone = Math.floor((Date.now() - since) / 1000);
    this.words.textContent = `正在录音 ${Math.floor(gone / 60)}:${String(gone % 60).padStart(2, "0")}`;
    if (gone >= this.longest) this.recorder.stop();
    else this.timer = setTimeout(() => this.count(since), 250);
  }

  done(stream, pieces) {
    clearTimeout(this.timer);
    stream.getTracks().forEach((track) => track.stop());
    const type = (this.recorder.mimeType || "audio/webm").split(";")[0];
    this.recorder = null;
    const file = new File(pieces, `录音.${type.split("/")[1]}`, { type });
    put(this.input, file);
    this.player.src = URL.createObjectURL(file);
    this.player.hidden = false;
    this.button.textContent = "重新录音";
    this.words.className = "hy-help";
    this.words.textContent = "已录好，可以先听一遍";
  }
}

export function attachRecorders(root) {
  if (!able()) return;
  root.querySelectorAll("[data-record]").forEach((box) => {
    if (!box.childElementCount && document.getElementById(box.dataset.record)) new Recorder(box);
  });
}
