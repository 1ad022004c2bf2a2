// The citizen's telephone of the demonstration: a browser that dials 12345 as a mobile phone would.
import JsSIP from "jssip";

const about = document.getElementById("citizen-phone").dataset;
const by = (name) => document.getElementById(`citizen-${name}`);
const sound = by("sound");
const WORDS = { connecting: "正在连接……", ready: "可以拨打", calling: "正在呼叫……", talking: "已接通", ended: "通话结束", failed: "未能接通", away: "电话交换没有运行", microphone: "请允许使用麦克风" };
let session = null;

function show(state, more = "") {
  by("state").textContent = (WORDS[state] || state) + more;
  document.getElementById("citizen-phone").dataset.state = state;
  by("call").disabled = Boolean(session) || !phone.isRegistered();
  by("hangup").disabled = !session;
}

function hear(connection) {
  connection.addEventListener("track", (event) => { sound.srcObject = event.streams[0]; sound.play().catch(() => {}); });
}

const phone = new JsSIP.UA({
  sockets: [new JsSIP.WebSocketInterface(about.socket)], uri: `sip:${about.extension}@${about.host}`, password: about.password,
  register_expires: 60, session_timers: false,
});
phone.on("registered", () => show("ready"));
phone.on("disconnected", () => show("away"));
phone.on("registrationFailed", () => show("failed"));
phone.on("newRTCSession", ({ session: made, originator }) => {
  if (originator === "remote" && session) { made.terminate({ status_code: 486 }); return; }
  session = made;
  if (made.connection) hear(made.connection);
  made.on("peerconnection", (event) => hear(event.peerconnection));
  made.on("accepted", () => show("talking"));
  made.on("getusermediafailed", () => show("microphone"));
  ["ended", "failed"].forEach((name) => made.on(name, (event) => { session = null; show(name === "ended" ? "ended" : "failed", event.cause && name === "failed" ? `（${event.cause}）` : ""); }));
  if (originator === "remote") { by("state").textContent = "热线来电，请按接听"; by("answer").hidden = false; }
});

by("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const headers = [`X-Huying-Number: ${by("number").value.replace(/[^0-9+]/g, "")}`];
  phone.call(`sip:${by("called").value.replace(/[^0-9]/g, "")}@${about.host}`, { mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] }, extraHeaders: headers });
  show("calling");
});
by("hangup").addEventListener("click", () => { if (session) session.terminate(); });
by("answer").addEventListener("click", () => { by("answer").hidden = true; if (session) session.answer({ mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } }); });
by("keys").addEventListener("click", (event) => {
  const digit = event.target.dataset.digit;
  if (digit && session && session.isEstablished()) session.sendDTMF(digit, { transportType: "RFC2833" });
});
window.citizenPhone = { state: () => document.getElementById("citizen-phone").dataset.state, connection: () => session && session.connection };
phone.start();
show("connecting");
