// The events of one conversation, exactly once and in order, over a line that may drop after any byte.
//
//   new Stream(token, { onMessage, onTyping, onState, onLine, onRefused }).start()
//
// fetch instead of EventSource, because the token travels in a header and never in an address. Last-Event-ID resumes
// after the last message seen; a message with a number already seen is dropped. onLine says "live", "retrying" or
// "offline". A refusal of the server (401, 404, 410) ends the stream through onRefused.

import { createParser } from "../vendor/eventsource-parser.js";
import { EVENTS, Problem, problem } from "./api.js";
import { delay } from "./backoff.js";

const SILENCE = 50_000; // ms without a byte, pings included, after which the line counts as dead
const FINAL = new Set([401, 403, 404, 410]);

export class Stream {
  #token;
  #to;
  #last = 0;
  #failures = 0;
  #abort = null;
  #timer = 0;
  #stopped = false;

  constructor(token, handlers) {
    this.#token = token;
    this.#to = handlers;
  }

  start() {
    addEventListener("online", this.#wake);
    addEventListener("offline", this.#lost);
    document.addEventListener("visibilitychange", this.#wake);
    this.#connect();
  }

  stop() {
    this.#stopped = true;
    removeEventListener("online", this.#wake);
    removeEventListener("offline", this.#lost);
    document.removeEventListener("visibilitychange", this.#wake);
    clearTimeout(this.#timer);
    this.#abort?.abort();
  }

  // The network is back, or the customer looks at the page again: a pending wait is cut short.
  #wake = () => {
    if (this.#stopped || document.hidden || this.#abort) return;
    clearTimeout(this.#timer);
    this.#connect();
  };

  #lost = () => {
    this.#to.onLine("offline");
    this.#abort?.abort();
  };

  async #connect() {
    const abort = (this.#abort = new AbortController());
    try {
      await this.#listen(abort);
      this.#failures = Math.min(this.#failures, 1); // closed by the server after a while: come back soon
    } catch (error) {
      if (error instanceof Problem && FINAL.has(error.status)) {
        this.stop();
        this.#to.onRefused(error);
        return;
      }
    }
    this.#abort = null;
    if (this.#stopped) return;
    this.#failures += 1;
    this.#to.onLine(navigator.onLine ? "retrying" : "offline");
    this.#timer = setTimeout(() => this.#connect(), delay(this.#failures));
  }

  async #listen(abort) {
    let dog = setTimeout(() => abort.abort(), SILENCE);
    try {
      const headers = { Authorization: `Bearer ${this.#token}`, Accept: "text/event-stream" };
      if (this.#last) headers["Last-Event-ID"] = String(this.#last);
      const answer = await fetch(EVENTS, { headers, cache: "no-store", signal: abort.signal });
      if (!answer.ok) throw await problem(answer);
      this.#failures = 0;
      this.#to.onLine("live");
      const parser = createParser({ onEvent: (event) => this.#take(event) });
      const decoder = new TextDecoder();
      const reader = answer.body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(dog);
        dog = setTimeout(() => abort.abort(), SILENCE);
        parser.feed(decoder.decode(value, { stream: true }));
      }
    } finally {
      clearTimeout(dog);
    }
  }

  #take({ event, data }) {
    if (this.#stopped) return;
    const said = JSON.parse(data);
    if (event === "message") {
      if (said.seq <= this.#last) return;
      this.#last = said.seq;
      this.#to.onMessage(said);
    } else if (event === "typing") {
      this.#to.onTyping(said.from);
    } else if (event === "state") {
      this.#to.onState(said.owner);
    }
  }
}
