// The telephone in the browser, in a window of its own: calls outlive every page change and reload of the work window.
// It speaks SIP over a WebSocket with the switch, and by a broadcast channel with the phone bar of the work windows.
import JsSIP from "jssip";

const channel = new BroadcastChannel("huying-phone");
const about = document.body.dataset;
const media = { mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } };
const sound = document.getElementById("phone-sound");
let session = null;
let line = "connecting";
let ringing = null;

const WORDS = {
  connecting: "正在连接话务平台……", registered: "话机已就绪，来电会自动显示在工作窗口", failed: "话机登记失败，请重新签入",
  disconnected: "与话务平台的连接断开，正在重连……", microphone: "不能使用麦克风，请在浏览器地址栏左侧允许麦克风",
};

function callState() {
  if (!session) return "idle";
  if (session.isEstablished()) return session.isMuted().audio ? "muted" : "talking";
  return session.isEnded() ? "idle" : "ringing";
}

function tell() {
  const state = callState();
  document.getElementById("phone-line").textContent = WORDS[line] || line;
  document.getElementById("phone-call").textContent = { idle: "无通话", ringing: "来电振铃", talking: "通话中", muted: "通话中（已静音）" }[state];
  document.body.dataset.line = line;
  document.body.dataset.call = state;
  document.title = state === "idle" ? "话机" : `● ${document.getElementById("phone-call").textContent}`;
  channel.postMessage({ from: "phone", line, call: state, extension: about.extension });
}

// A soft double beep of our own making; no sound file, no licence.
function ring(on) {
  if (ringing) { clearInterval(ringing.timer); ringing.context.close(); ringing = null; }
  if (!on) return;
  const context = new AudioContext();
  const beep = () => [0, 0.45].forEach((delay) => {
    const tone = context.createOscillator();
    const loud = context.createGain();
    loud.gain.value = 0.08;
    tone.frequency.value = 480;
    tone.connect(loud).connect(context.destination);
    tone.start(context.currentTime + delay);
    tone.stop(context.currentTime + delay + 0.3);
  });
  beep();
  ringing = { context, timer: setInterval(beep, 3000) };
}

function answer() {
  if (session && session.isInProgress()) session.answer(media);
}

function hear(connection) {
  connection.addEventListener("track", (event) => {
    sound.srcObject = event.streams[0];
    sound.play().catch(() => {});
  });
}

// The switch calls this phone also when its owner dials out or is wanted for listening: nothing to decide then.
function comesBySwitch(request) {
  return Boolean(request && (request.getHeader("X-Huying-Answer") || /answer-after=0|Auto/i.test(`${request.getHeader("Call-Info") || ""}${request.getHeader("Alert-Info") || ""}`)));
}

function take(made, request) {
  if (session && !session.isEnded()) { made.terminate({ status_code: 486 }); return; }
  session = made;
  if (made.connection) hear(made.connection);
  made.on("peerconnection", (event) => hear(event.peerconnection));
  made.on("getusermediafailed", () => { line = "microphone"; tell(); });
  ["accepted", "confirmed", "hold", "unhold", "muted", "unmuted"].forEach((name) => made.on(name, () => { ring(false); tell(); }));
  ["ended", "failed"].forEach((name) => made.on(name, () => { ring(false); if (session === made) session = null; tell(); }));
  tell();
  if (comesBySwitch(request)) answer();
  else ring(true);
}

const DO = {
  answer,
  mute: () => { if (session) (session.isMuted().audio ? session.unmute() : session.mute()); },
  hangup: () => { if (session && !session.isEnded()) session.terminate(); },
  hold: () => { if (session && session.isEstablished() && !session.isOnHold().local) session.hold(); },
  resume: () => { if (session && session.isOnHold().local) session.unhold(); },
  key: (message) => { if (session && session.isEstablished()) session.sendDTMF(String(message.key)); },
  hello: ({ extension }) => {
    if (extension && extension !== about.extension && !session) location.reload(); // signed in at another seat meanwhile
    else tell();
  },
  close: () => { if (!session) { phone.stop(); window.close(); } },
};

const phone = new JsSIP.UA({
  sockets: [new JsSIP.WebSocketInterface(about.socket)], uri: `sip:${about.extension}@${about.host}`,
  password: about.password, display_name: about.extension, register_expires: 60, session_timers: false,
  connection_recovery_min_interval: 1, connection_recovery_max_interval: 8,
});
phone.on("registered", () => { line = "registered"; tell(); });
phone.on("registrationFailed", () => { line = "failed"; tell(); });
phone.on("disconnected", () => { line = "disconnected"; tell(); });
phone.on("newRTCSession", ({ session: made, originator, request }) => { if (originator === "remote") take(made, request); });

channel.onmessage = ({ data }) => {
  if (data && data.from === "bar" && DO[data.do]) DO[data.do](data);
  if (data && data.from === "phone" && data.extension !== about.extension) tell();
};
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-phone]");
  if (button) DO[button.dataset.phone]({ key: button.dataset.digit });
});
window.addEventListener("beforeunload", (event) => { if (session && !session.isEnded()) event.preventDefault(); });
window.addEventListener("pagehide", () => phone.stop());
navigator.mediaDevices.getUserMedia({ audio: true }).then((stream) => stream.getTracks().forEach((track) => track.stop()))
  .catch(() => { line = "microphone"; tell(); });
window.huyingPhone = { state: () => ({ line, call: callState() }), connection: () => session && session.connection };
phone.start();
tell();
