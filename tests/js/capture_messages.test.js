import assert from "node:assert/strict";
import { test } from "node:test";

import {
  cameraProblem,
  fileProblem,
  isPassing,
  progressOf,
  size,
  uploadProblem,
  whyUnable,
} from "../../static/js/capture/messages.js";

const MIB = 1024 ** 2;
const ABLE = { isSecure: true, hasDevices: true, hasRecorder: true };

test("says nothing to a browser that can record", () => {
  assert.equal(whyUnable(ABLE), "");
});

test("names the first thing that is missing", () => {
  assert.match(whyUnable({ isSecure: false, hasDevices: false, hasRecorder: false }), /https/);
  assert.match(whyUnable({ ...ABLE, hasDevices: false }), /camera/);
  assert.match(whyUnable({ ...ABLE, hasRecorder: false }), /record/);
});

test("has a sentence for every camera problem, also for unknown ones", () => {
  for (const name of ["NotAllowedError", "NotFoundError", "NotReadableError", "SomethingNewError"]) {
    assert.match(cameraProblem(name), /\.$/);
  }
  assert.notEqual(cameraProblem("NotAllowedError"), cameraProblem("NotFoundError"));
});

for (const [status, passes] of [
  [0, true],
  [409, true],
  [423, true],
  [460, true],
  [500, true],
  [503, true],
  [507, false],
  [401, false],
  [403, false],
  [404, false],
  [413, false],
  [422, false],
  [429, false],
]) {
  test(`${status} is ${passes ? "" : "not "}tried again without a person`, () => {
    assert.equal(isPassing(status), passes);
  });
}

test("who is logged out is asked to log in, whether or not the site could say so", () => {
  for (const said of [undefined, { code: "not_signed_in", message: "Log in first." }]) {
    const problem = uploadProblem(401, said);
    assert.deepEqual([problem.session, problem.canRetry], ["not_signed_in", true]);
    assert.match(problem.message, /Log in/);
  }
});

test("a page older than the last log-in is told from what this person may not do", () => {
  assert.equal(uploadProblem(403, { code: "csrf_failed", message: "Load anew." }).session, "csrf_failed");
  const problem = uploadProblem(403, { code: "not_yours", message: "Not yours." });
  assert.deepEqual([problem.session, problem.message], ["", "Not yours."]);
});

test("repeats what the site said", () => {
  assert.equal(
    uploadProblem(429, { message: "You have 5 uploads under way." }).message,
    "You have 5 uploads under way.",
  );
  assert.match(uploadProblem(502).message, /502/);
});

test("offers no new try where it cannot help", () => {
  assert.equal(uploadProblem(413, { message: "Too large." }).canRetry, false);
  assert.equal(uploadProblem(422, { message: "The video you reply to is gone." }).canRetry, false);
  assert.equal(uploadProblem(507, { message: "No room." }).canRetry, true);
  assert.equal(uploadProblem(0).canRetry, true);
});

test("never says 100 % before the site has confirmed", () => {
  assert.deepEqual(progressOf(0, 8 * MIB), { percent: 0, words: "0 % · 0.0 MB of 8.0 MB" });
  assert.deepEqual(progressOf(4.2 * MIB, 8 * MIB), { percent: 52, words: "52 % · 4.2 MB of 8.0 MB" });
  assert.equal(progressOf(8 * MIB, 8 * MIB).percent, 99);
  assert.equal(progressOf(0, 0).percent, 0);
});

test("sizes have the unit that fits", () => {
  assert.equal(size(1), "1 KB");
  assert.equal(size(640 * 1024), "640 KB");
  assert.equal(size(7.4 * MIB), "7.4 MB");
  assert.equal(size(2048 * MIB), "2.0 GB");
});

test("refuses files that cannot become a video", () => {
  assert.match(fileProblem({ size: 0, type: "video/mp4" }, MIB), /empty/);
  assert.match(fileProblem({ size: 2 * MIB, type: "video/mp4" }, MIB), /too large/);
  assert.match(fileProblem({ size: 5, type: "image/png" }, MIB), /not a video/);
  assert.equal(fileProblem({ size: 5, type: "video/quicktime" }, MIB), "");
  assert.equal(fileProblem({ size: 5, type: "audio/mpeg" }, MIB), "");
  assert.equal(fileProblem({ size: 5, type: "text/vnd.trolltech.linguist" }, MIB), "");
  assert.equal(fileProblem({ size: 5, type: "" }, MIB), "");
});
