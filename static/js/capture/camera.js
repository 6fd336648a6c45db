/** The camera and the microphone, and the picture of them in the page. */

const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 60 } };

export class Camera {
  /**
   * @param {HTMLVideoElement} preview
   * @param {() => void} onLost the camera was unplugged or taken away
   */
  constructor(preview, onLost) {
    this.preview = preview;
    this.onLost = onLost;
    this.stream = null;
    this.facing = "user";
  }

  get hasSound() {
    return Boolean(this.stream?.getAudioTracks().length);
  }

  /**
   * @param {MediaTrackConstraints} [which]
   * @throws {DOMException} as getUserMedia does
   */
  async open(which = { facingMode: { ideal: this.facing } }) {
    // Phones give their cameras to one user at a time: let go of the old one first.
    this.close();
    const stream = await streamOf({ ...PICTURE, ...which });
    this.stream = stream;
    const [track] = stream.getVideoTracks();
    track.addEventListener("ended", () => {
      if (this.stream === stream) this.onLost();
    });
    this.facing = track.getSettings().facingMode ?? this.facing;
    this.preview.srcObject = stream;
    // A camera that looks at the person shows what a mirror would; the recording itself is never mirrored.
    this.preview.classList.toggle("is-mirrored", this.facing !== "environment");
    await this.preview.play().catch(() => {}); // refused in background tabs: it plays when the tab is looked at
  }

  close() {
    const stream = this.stream;
    this.stream = null;
    for (const track of stream?.getTracks() ?? []) track.stop();
    this.preview.srcObject = null;
  }

  /** Front to back; where cameras do not say which way they look, the next one. */
  async flip() {
    const settings = this.stream?.getVideoTracks()[0]?.getSettings() ?? {};
    if (settings.facingMode) {
      this.facing = this.facing === "environment" ? "user" : "environment";
      return this.open();
    }
    const cameras = await listCameras();
    const place = cameras.findIndex((camera) => camera.deviceId === settings.deviceId);
    const next = cameras[(place + 1) % cameras.length];
    return this.open({ deviceId: { exact: next.deviceId } });
  }
}

/** Known only once the person has allowed the camera. */
export async function listCameras() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter((device) => device.kind === "videoinput");
}

/** Whether the person has allowed the camera before, so that nothing has to be asked. */
export async function isAllowed() {
  try {
    const permission = await navigator.permissions.query({ name: /** @type {PermissionName} */ ("camera") });
    return permission.state === "granted";
  } catch {
    return false;
  }
}

async function streamOf(video) {
  try {
    return await navigator.mediaDevices.getUserMedia({ video, audio: true });
  } catch (error) {
    // «Not found» does not say what: a camera without a microphone still makes a silent video.
    if (error.name !== "NotFoundError") throw error;
    return navigator.mediaDevices.getUserMedia({ video });
  }
}
