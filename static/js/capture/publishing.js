/** From a recording to a video that can be watched: look at it, describe it, send it, wait for it. */

import { clock } from "../format.js";
import { wantsStillness } from "../motion.js";
import { renewSession } from "../session.js";
import { progressOf } from "./messages.js";
import { load, unload } from "./playback.js";
import { follow, showSteps } from "./processing.js";
import { part, say, show } from "./stages.js";
import { Upload } from "./upload.js";
import { keepScreenOn } from "./wake_lock.js";

const TITLES = {
  processing: "Published: your video is on its way",
  playable: "Your video can be watched",
  ready: "Your video is ready",
  failed: "This video could not be published",
};

export class Publishing {
  /**
   * @param {HTMLElement} root
   * @param {any} tus the upload library
   * @param {(take: import("./taking.js").Take) => void} onRetake told what the person can come back to
   */
  constructor(root, tus, onRetake) {
    this.root = root;
    this.tus = tus;
    this.onRetake = onRetake;
    this.take = null;
    this.url = "";
    this.upload = null;
    this.playback = part(root, "playback");
    this.form = part(root, "details");
    this.#listen();
  }

  /** Whether leaving the page now would lose something. */
  get isUnsaved() {
    return this.upload !== null || Boolean(this.take?.isRecorded);
  }

  /** @param {import("./taking.js").Take} take */
  async review(take) {
    this.take = take;
    this.url = URL.createObjectURL(take.blob);
    for (const link of this.root.querySelectorAll("[data-save]")) {
      link.href = this.url;
      link.download = take.name;
    }
    say(part(this.root, "note"), take.note);
    part(this.root, "publish").disabled = false;
    show(this.root, "reviewing");
    const durationMs = await load(this.playback, this.url);
    if (this.take !== take) return;
    this.#judge(take, durationMs);
    if (wantsStillness()) return;
    this.playback.play().catch(() => {}); // not allowed without a click here: the person presses play
  }

  #judge(take, durationMs) {
    this.playback.classList.toggle("is-unplayable", Number.isNaN(durationMs));
    const limitMs = Number(this.root.dataset.durationMaxMs);
    if (durationMs > limitMs) {
      say(
        part(this.root, "note"),
        `This video lasts ${clock(durationMs)}. It may last ${clock(limitMs)} at most: choose a shorter one.`,
      );
      part(this.root, "publish").disabled = true;
    } else if (Number.isNaN(durationMs)) {
      say(
        part(this.root, "note"),
        take.note || "This browser cannot show this file. The site may: publish it to find out.",
      );
    }
  }

  #listen() {
    part(this.root, "retake").addEventListener("click", () => this.#retake());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!part(this.root, "publish").disabled) this.#send();
    });
    part(this.root, "cancel").addEventListener("click", () => this.#cancel());
    part(this.root, "retry").addEventListener("click", () => this.#goOn());
    part(this.root, "login").addEventListener("click", () => this.#renew("not_signed_in"));
  }

  /** The recording stays, for there is no other copy of it, until there is a new one. */
  #retake() {
    unload(this.playback);
    URL.revokeObjectURL(this.url);
    this.onRetake(this.take);
  }

  #send() {
    const values = Object.fromEntries(new FormData(this.form));
    const { replyTo: reply_to = "", uploads: endpoint, chunkMaxBytes } = this.root.dataset;
    const metadata = { ...values, reply_to, filename: this.take.name, filetype: this.take.blob.type };
    const given = Object.entries(metadata).filter(([, value]) => value !== "");
    const options = { endpoint, chunkBytes: Number(chunkMaxBytes), metadata: Object.fromEntries(given) };
    this.playback.pause();
    const upload = new Upload(this.tus, this.take.blob, options, {
      onProgress: (sent, total) => this.#progress(sent, total),
      onOffline: () => this.#tell("You are offline. It goes on by itself as soon as you are online again."),
      onProblem: (problem) => this.#meet(problem),
      // After a cancellation that came too late the person is doing something else.
      onSuccess: (name) => this.upload === upload && this.#follow(name),
    });
    this.upload = upload;
    this.#progress(0, this.take.blob.size);
    show(this.root, "sending");
    keepScreenOn(true);
    this.#goOn();
  }

  /** @param {import("./messages.js").Problem} problem */
  #meet(problem) {
    this.#tell(problem.message, problem);
    if (problem.session) this.#renew(problem.session);
  }

  async #renew(session) {
    const upload = this.upload;
    if ((await renewSession(session)) && this.upload === upload) this.#goOn();
  }

  #goOn() {
    this.#tell("");
    this.upload.start();
  }

  #progress(sent, total) {
    const { percent, words } = progressOf(sent, total);
    part(this.root, "sent").value = percent;
    part(this.root, "percent").textContent = `${percent} %`;
    part(this.root, "sent-words").textContent =
      sent < total ? words : "Everything is sent. Waiting for the site…";
    this.#tell("");
  }

  #tell(words, { canRetry = false, session = "" } = {}) {
    say(part(this.root, "problem"), words);
    part(this.root, "sending-title").textContent = words ? "Not sent yet" : "Sending your video";
    part(this.root, "retry").hidden = !canRetry;
    part(this.root, "login").hidden = session !== "not_signed_in";
    part(this.root, "save").hidden = !words;
  }

  async #cancel() {
    const upload = this.upload;
    part(this.root, "cancel").disabled = true;
    await upload.cancel();
    part(this.root, "cancel").disabled = false;
    if (this.upload !== upload) return; // it had become a video already
    this.upload = null;
    keepScreenOn(false);
    show(this.root, "reviewing");
  }

  #follow(name) {
    this.upload = null;
    this.take = { ...this.take, isRecorded: false };
    keepScreenOn(false);
    part(this.root, "watch").href = `${this.#address("watchUrl", name)}#play`;
    part(this.root, "cut").href = this.#address("cutUrl", name);
    show(this.root, "processing");
    follow(this.#address("videoApi", name), (video) => this.#showVideo(video));
  }

  /** The site's addresses hold a placeholder until the video has a name. */
  #address(key, name) {
    return this.root.dataset[key].replace(this.root.dataset.placeholder, name);
  }

  #showVideo(video) {
    const canPlay = video.state === "playable" || video.state === "ready";
    part(this.root, "processing-title").textContent = TITLES[video.state];
    part(this.root, "watch").hidden = part(this.root, "cut").hidden = !canPlay;
    part(this.root, "processing-help").hidden = video.state !== "processing";
    part(this.root, "keep").hidden = video.state !== "failed";
    showSteps(part(this.root, "steps"), part(this.root, "step"), video);
  }
}
