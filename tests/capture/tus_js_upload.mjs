// An upload by tus-js-client in Node: FILE ENDPOINT TOKEN [--url URL] [--die-at BYTES] [--deferred]
// Prints {"url", "video"}. With --die-at the process kills itself in the middle of a chunk.
import { createReadStream, readFileSync, writeSync } from "node:fs";
import { Readable } from "node:stream";
import { parseArgs } from "node:util";
import { Upload } from "tus-js-client";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { url: { type: "string" }, "die-at": { type: "string" }, deferred: { type: "boolean" } },
});
const [file, endpoint, token] = positionals;
const dieAt = Number(values["die-at"] ?? Number.POSITIVE_INFINITY);

// Given the file's own read stream, the client announces a full last chunk and never sends it.
const stream = (path) => Readable.from(createReadStream(path), { objectMode: false });

const upload = new Upload(values.deferred ? stream(file) : readFileSync(file), {
  endpoint,
  uploadUrl: values.url,
  chunkSize: 10 * 1024 * 1024,
  uploadLengthDeferred: Boolean(values.deferred),
  headers: { Authorization: `Bearer ${token}` },
  metadata: { filename: "słońce.webm", title: "słońce" },
  onProgress(sent) {
    if (sent < dieAt) return;
    writeSync(1, JSON.stringify({ url: upload.url }));
    process.kill(process.pid, "SIGKILL");
  },
  onSuccess({ lastResponse }) {
    process.stdout.write(JSON.stringify({ url: upload.url, video: lastResponse.getHeader("Video-Name") }));
  },
  onError(error) {
    process.stderr.write(String(error));
    process.exitCode = 1;
  },
});
upload.start();
