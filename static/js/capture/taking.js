/** From the question for the camera to a recording or a chosen file. */

import { clock } from "../format.js";
import { Camera, isAllowed, listCameras } from "./camera.js";
import { fileName } from "./formats.js";
import { cameraProblem, END_WORDS, fileProblem, whyUnable } from "./messages.js";
import { Recording } from "./recording.js";
import { part, say, show } from "./stages.js";

/** A press so soon after the one that started the recording is its echo: a double press of a key. */
const ECHO_MS = 700;

/**
 * @typedef {object} Take
 * @property {Blob} blob
 * @property {string} name of the file
 * @property {boolean} isRecorded here, so that it exists nowhere else
 * @property {string} note what the person should know about it
 */

export class Taking {
  /**
   * @param {HTMLElement} root
   * @param {(take: Take) => void} onTake
   */
  constructor(root, onTake) {
    this.root = root;
    this.onTake = onTake;
    this.limitMs = Number(root.dataset.durationMaxMs);
    this.limitBytes = Number(root.dataset.uploadMaxBytes);
    this.recording = null;
    /** @type {Take | null} what was there before this attempt, until there is something new */
    this.previous = null;
    this.preview = part(root, "preview");
    this.camera = new Camera(this.preview, () => this.#lose());
    this.#listen();
  }

  get isRecording() {
    return this.recording !== null;
  }

  /** @param {Take | null} [previous] what the person can come back to */
  async begin(previous = null) {
    this.previous = previous;
    part(this.root, "previous").hidden = previous === null;
    const reason = whyUnable({
      isSecure: window.isSecureContext,
      hasDevices: Boolean(navigator.mediaDevices?.getUserMedia),
      hasRecorder: typeof MediaRecorder !== "undefined",
    });
    if (reason) this.#beUnavailable(reason, { canRetry: false });
    else if (await isAllowed()) await this.open();
    else show(this.root, "asking");
  }

  /** Ask for the camera and show its picture. */
  async open() {
    await this.#use(() => this.camera.open());
  }

  /** The button that was pressed disappears: the keyboard goes on at the next one. */
  async #openAndFocus() {
    await this.open();
    if (this.camera.stream) part(this.root, "record").focus();
  }

  async #use(start) {
    // A recording that began while cameras change would have neither of them.
    const controls = [part(this.root, "flip"), part(this.root, "record")];
    for (const control of controls) control.disabled = true;
    try {
      await start();
      say(
        part(this.root, "silent"),
        this.camera.hasSound ? "" : "No microphone was found: the video will be silent.",
      );
      await this.#offerFlip();
      show(this.root, "previewing");
    } catch (error) {
      this.camera.close();
      this.#beUnavailable(cameraProblem(error.name), { canRetry: true });
    } finally {
      for (const control of controls) control.disabled = false;
    }
  }

  async #offerFlip() {
    part(this.root, "flip").hidden = (await listCameras()).length < 2;
  }

  #beUnavailable(reason, { canRetry }) {
    say(part(this.root, "reason"), reason);
    part(this.root, "again").hidden = !canRetry;
    show(this.root, "unavailable");
  }

  #listen() {
    for (const name of ["allow", "again"])
      part(this.root, name).addEventListener("click", () => this.#openAndFocus());
    part(this.root, "record").addEventListener("click", () => this.#recordOrStop());
    part(this.root, "previous").addEventListener("click", () => this.#comeBack());
    part(this.root, "flip").addEventListener("click", () => this.#use(() => this.camera.flip()));
    for (const input of this.root.querySelectorAll('input[type="file"]')) {
      input.addEventListener("change", () => this.#choose(input));
    }
    // Phones report cameras only after permission, and cameras come and go.
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.camera.stream && this.#offerFlip());
    this.preview.addEventListener("resize", () => this.#turn());
  }

  #recordOrStop() {
    if (this.recording) {
      if (this.recording.elapsedMs > ECHO_MS) this.recording.stop("person");
      return;
    }
    try {
      this.recording = new Recording(this.camera.stream, {
        limitMs: this.limitMs,
        onTime: (ms) => this.#showTime(ms),
        onEnd: (blob, ms, reason) => this.#finish(blob, ms, reason),
      });
      this.recording.start();
    } catch {
      this.recording = null;
      this.camera.close();
      return this.#beUnavailable("This browser cannot record the picture of this camera.", {
        canRetry: true,
      });
    }
    this.#lockTurning(true);
    this.size = `${this.preview.videoWidth}x${this.preview.videoHeight}`;
    part(this.root, "record").setAttribute("aria-label", "Stop recording");
    show(this.root, "recording");
  }

  #showTime(ms) {
    part(this.root, "elapsed").textContent = clock(ms);
    part(this.root, "record").style.setProperty("--elapsed", `${Math.min(1, ms / this.limitMs) * 360}deg`);
  }

  #finish(blob, ms, reason) {
    this.recording = null;
    this.#lockTurning(false);
    this.#showTime(0);
    part(this.root, "record").setAttribute("aria-label", "Start recording");
    this.camera.close();
    if (!blob.size || ms < 300) {
      this.#beUnavailable("Nothing was recorded. Try again.", { canRetry: true });
      return;
    }
    this.onTake({
      blob,
      name: fileName(new Date(), blob.type),
      isRecorded: true,
      note: END_WORDS[reason] ?? "",
    });
  }

  #comeBack() {
    this.camera.close();
    this.onTake(this.previous);
  }

  #lose() {
    if (this.recording) this.recording.stop("lost");
    else this.#beUnavailable("The camera was disconnected.", { canRetry: true });
  }

  #turn() {
    const size = `${this.preview.videoWidth}x${this.preview.videoHeight}`;
    if (this.recording?.needsConstantSize && size !== this.size) this.recording.stop("turned");
  }

  /** Only phones in full screen can do it; elsewhere turning ends the recording where it would be spoilt. */
  #lockTurning(isOn) {
    if (isOn) screen.orientation?.lock?.(screen.orientation.type)?.catch(() => {});
    else screen.orientation?.unlock?.();
  }

  #choose(input) {
    const [file] = input.files;
    input.value = ""; // so that choosing the same file again is a change
    if (!file) return;
    const problem = fileProblem(file, this.limitBytes);
    if (problem) {
      this.camera.close();
      this.#beUnavailable(problem, { canRetry: Boolean(navigator.mediaDevices) });
      return;
    }
    this.camera.close();
    this.onTake({ blob: file, name: file.name, isRecorded: false, note: "" });
  }
}
