// What the customer has typed, until the server has said that it keeps it.
//
// One message at a time, in order, each with an id of its own that stays the same on every retry, so that a message
// sent twice is kept once. The line may be down: entries wait, survive a reload, and go out when it is back.
// An entry is {id, text, label, status}: "sending", "waiting" (failed, will be tried again) or "refused" (the server
// said no; `reason` is its sentence). A delivered entry leaves the box through onDelivered(entry, seq).

import { Problem, sendMessage } from "./api.js";
import { delay } from "./backoff.js";
import { recall, remember } from "./memory.js";

const ENDED = new Set([401, 403, 404, 410]);

export class Outbox {
  #token;
  #to;
  #entries = [];
  #busy = false;
  #failures = 0;
  #timer = 0;
  #stopped = false;

  constructor(token, handlers) {
    this.#token = token;
    this.#to = handlers;
    this.#entries = (recall().outbox ?? []).map((entry) => ({ ...entry, status: "sending" }));
    addEventListener("online", this.#online);
  }

  // Go on with what was left from before a reload.
  start() {
    for (const entry of this.#entries) this.#to.onChange(entry);
    this.#pump();
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
    removeEventListener("online", this.#online);
  }

  add(text, label = text) {
    const entry = { id: newId(), text, label, status: "sending" };
    this.#entries.push(entry);
    this.#changed(entry);
    this.#pump();
  }

  retry() {
    this.#failures = 0;
    clearTimeout(this.#timer);
    for (const entry of this.#entries) this.#changed(entry, "sending");
    this.#pump();
  }

  // The entry a customer message coming down the stream belongs to, if its POST has not been answered yet.
  match(text) {
    const [head] = this.#entries;
    return head && head.text.trim() === text.trim() ? head : null;
  }

  get unsent() {
    return this.#entries.map((entry) => entry.text);
  }

  #online = () => {
    if (this.#entries.length) this.retry();
  };

  #changed(entry, status = entry.status, reason = "") {
    Object.assign(entry, { status, reason });
    this.#keep();
    this.#to.onChange(entry);
  }

  #keep() {
    remember({ outbox: this.#entries.map(({ id, text, label }) => ({ id, text, label })) });
  }

  async #pump() {
    if (this.#busy || this.#stopped) return;
    this.#busy = true;
    clearTimeout(this.#timer);
    while (this.#entries.length && !this.#stopped) {
      const entry = this.#entries[0];
      try {
        const { seq } = await sendMessage(this.#token, entry.id, entry.text);
        this.#failures = 0;
        this.#entries.shift();
        this.#keep();
        this.#to.onDelivered(entry, seq);
      } catch (error) {
        if (!this.#failed(entry, error)) break;
      }
    }
    this.#busy = false;
  }

  // True if the next entry may go now.
  #failed(entry, error) {
    const status = error instanceof Problem ? error.status : 0;
    if (ENDED.has(status)) {
      for (const left of this.#entries) this.#changed(left, "refused", "");
      this.stop();
      this.#to.onEnded(error);
      return false;
    }
    if (status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429) {
      this.#entries.shift();
      this.#changed(entry, "refused", error.detail);
      return true;
    }
    this.#failures += 1;
    for (const left of this.#entries) this.#changed(left, "waiting", error.detail ?? "");
    this.#timer = setTimeout(() => this.#pump(), error.retryAfter ?? delay(this.#failures));
    return false;
  }
}

// crypto.randomUUID exists only on https and localhost; a branch may look at the page through a plain address.
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
