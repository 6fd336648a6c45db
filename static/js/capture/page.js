/** The page that records. */

import { Publishing } from "./publishing.js";
import { Taking } from "./taking.js";
import { keepScreenOn, keepScreenOnAfterReturn } from "./wake_lock.js";

const root = document.querySelector("#capture");
const publishing = new Publishing(root, window.tus, (take) => taking.begin(take));
const taking = new Taking(root, (take) => {
  keepScreenOn(false);
  publishing.review(take);
});

root.addEventListener("click", () => taking.isRecording && keepScreenOn(true));
keepScreenOnAfterReturn();
window.addEventListener("beforeunload", (event) => {
  if (taking.isRecording || publishing.isUnsaved) event.preventDefault();
});
taking.begin();
