import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Upload } from "../../static/js/capture/upload.js";

/** Stands for the library: remembers how it was used, and lets a test play the network. */
class Library {
  static made = [];

  constructor(blob, options) {
    Object.assign(this, { blob, options, url: null, calls: [] });
    Library.made.push(this);
  }

  start() {
    this.calls.push("start");
  }

  async abort(terminate) {
    this.calls.push(terminate ? "terminate" : "abort");
  }
}

const response = (status, headers = {}, body = "") => ({
  getStatus: () => status,
  getHeader: (name) => headers[name] ?? null,
  getBody: () => body,
});
const refusal = (status, body) => ({ originalResponse: response(status, {}, body) });
const request = (method) => ({ getMethod: () => method, setHeader: () => {} });
const last = () => Library.made.at(-1);

let told;
let token;
let upload;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const listeners = new EventTarget();
  globalThis.window = listeners;
  globalThis.location = { href: "http://site.test/captureevent" };
  token = "fresh";
  globalThis.document = { querySelector: () => ({ getAttribute: () => token }) };
  Object.defineProperty(globalThis, "navigator", {
    value: { onLine: true },
    configurable: true,
    writable: true,
  });
  Library.made = [];
  told = [];
  const tell =
    (name) =>
    (...words) =>
      told.push([name, ...words]);
  upload = new Upload(
    { Upload: Library },
    { size: 100 },
    { endpoint: "/api/uploads", chunkBytes: 10, metadata: { title: "A" } },
    {
      onProgress: tell("progress"),
      onOffline: tell("offline"),
      onProblem: tell("problem"),
      onSuccess: tell("success"),
    },
  );
  upload.start();
});

afterEach(() => mock.timers.reset());

function created() {
  last().url = "http://site.test/api/uploads/1";
  last().options.onUploadUrlAvailable();
}

test("sends to the absolute address, in chunks, with the metadata", () => {
  const { endpoint, chunkSize, metadata, uploadUrl } = last().options;
  assert.deepEqual(
    [endpoint, chunkSize, metadata.title, uploadUrl],
    ["http://site.test/api/uploads", 10, "A", null],
  );
});

test("every request carries the token that the page holds now", () => {
  const sent = {};
  const setHeader = (name, value) => {
    sent[name] = value;
  };
  last().options.onBeforeRequest({ setHeader });
  assert.equal(sent["X-CSRFToken"], "fresh");
  token = "newer";
  last().options.onBeforeRequest({ setHeader });
  assert.equal(sent["X-CSRFToken"], "newer");
});

test("a request in which nothing moves for 30 s is begun anew at the same address", () => {
  created();
  last().options.onBeforeRequest(request("PATCH"));
  mock.timers.tick(29_000);
  last().options.onProgress(5, 100);
  mock.timers.tick(29_000);
  assert.equal(Library.made.length, 1);

  mock.timers.tick(1_000);

  assert.equal(Library.made.length, 2);
  assert.deepEqual(Library.made[0].calls, ["start", "abort"]);
  assert.equal(last().options.uploadUrl, "http://site.test/api/uploads/1");
  assert.deepEqual(last().calls, ["start"]);
});

test("after four such times it asks the person", () => {
  for (let round = 0; round < 4; round += 1) {
    last().options.onBeforeRequest(request("PATCH"));
    mock.timers.tick(30_000);
  }
  assert.equal(Library.made.length, 4);
  assert.equal(told.at(-1)[0], "problem");
  assert.equal(told.at(-1)[1].canRetry, true);
});

test("waiting between two tries is not taken for silence", () => {
  last().options.onBeforeRequest(request("PATCH"));
  assert.equal(last().options.onShouldRetry(refusal(503)), true);
  mock.timers.tick(60_000);
  assert.equal(Library.made.length, 1);
});

test("being logged out does not make the library forget the upload", () => {
  created();
  for (const status of [401, 403, 429]) {
    assert.throws(() => last().options.onAfterResponse(request("HEAD"), response(status)), { status });
  }
  for (const status of [200, 404, 410, 423])
    last().options.onAfterResponse(request("HEAD"), response(status));
  last().options.onAfterResponse(request("PATCH"), response(401));

  const lost = { originalResponse: null, causingError: { status: 401 } };
  assert.equal(last().options.onShouldRetry(lost), false);
  last().options.onError(lost);
  assert.equal(told.at(-1)[1].session, "not_signed_in");
  upload.start();
  assert.equal(last().options.uploadUrl, "http://site.test/api/uploads/1");
});

test("offline it waits and goes on by itself, once", () => {
  navigator.onLine = false;
  assert.equal(last().options.onShouldRetry(refusal(503)), false);
  last().options.onError({ originalResponse: null });
  assert.deepEqual(told, [["offline"]]);

  navigator.onLine = true;
  window.dispatchEvent(new Event("online"));
  window.dispatchEvent(new Event("online"));
  assert.equal(Library.made.length, 2);
});

test("the site's own sentence is passed on", () => {
  last().options.onError(refusal(507, '{"error": {"code": "disk_full", "message": "No room."}}'));
  assert.equal(told[0][1].message, "No room.");
});

test("success names the video", async () => {
  await last().options.onSuccess({ lastResponse: response(204, { "Video-Name": "Abcdefghijk1" }) });
  assert.deepEqual(told, [["success", "Abcdefghijk1"]]);
});

test("a lost name is asked for", async () => {
  created();
  globalThis.fetch = async (url) => ({ ok: true, json: async () => ({ video: `video of ${url}` }) });
  await last().options.onSuccess({ lastResponse: response(204) });
  assert.deepEqual(told, [["success", "video of http://site.test/api/uploads/1"]]);
});

test("cancelling has the site forget what it has", async () => {
  await upload.cancel();
  assert.deepEqual(last().calls, ["start", "terminate"]);
  assert.deepEqual(told, []);
});

test("cancelling does not wait for a site that does not answer, and nothing begins anew", async () => {
  last().abort = () => {
    last().options.onBeforeRequest(request("DELETE"));
    return new Promise(() => {});
  };
  const cancelled = upload.cancel();
  mock.timers.tick(4_000);
  await cancelled;
  mock.timers.tick(60_000);
  assert.equal(Library.made.length, 1);
});

test("cancelling too late is a success", async () => {
  created();
  last().abort = async () => {
    throw refusal(409);
  };
  globalThis.fetch = async () => ({ ok: true, json: async () => ({ video: "Abcdefghijk1" }) });
  await upload.cancel();
  assert.deepEqual(told, [["success", "Abcdefghijk1"]]);
});
