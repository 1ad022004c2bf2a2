// What makes the pages pleasant; every one of them works without it.
import htmx from "htmx.org";
import { startBar } from "./bar.js";
import { startClocks } from "./clocks.js";
import { startCopying } from "./copy.js";
import { attachDrafts, startDrafts } from "./drafts.js";
import { startFiles } from "./files.js";
import { startKeeping } from "./keep.js";
import { startKeys } from "./keys.js";
import { startLive } from "./live.js";
import { startProgress } from "./progress.js";
import { attachRecorders } from "./record.js";
import { startRegions } from "./regions.js";
import { startRevealing } from "./reveal.js";
import { startSending } from "./sending.js";
import { startSound } from "./sound.js";
import { startSheets } from "./sheets.js";

document.documentElement.classList.add("js");
startKeys();
startProgress();
startSheets(); // before sending: a form that only moves on has not been sent
startSending();
startSound();
startCopying();
startRegions();
startFiles();
startRevealing();
startClocks();
startDrafts();
startLive();
startBar();
startKeeping();
htmx.onLoad((root) => {
  attachDrafts(root);
  attachRecorders(root);
  const wrong = root.querySelector("[data-focus]");
  if (wrong) wrong.focus();
});
