// Assembles the chat page: session, stream, outbox, thread, composer; and says in words how things stand.

import { openSession } from "./api.js";
import { delay } from "./backoff.js";
import { Composer } from "./composer.js";
import { forget, recall, remember } from "./memory.js";
import { Outbox } from "./outbox.js";
import { Stream } from "./stream.js";
import { Thread } from "./thread.js";

const element = (id) => document.getElementById(id);
const OWNER = {
  bot: { badge: "机器人", name: "智能客服", hint: "机器人服务，随时可转人工" },
  waiting: { badge: "转接中", name: "正在转接人工", hint: "可以继续说，同事都能看到" },
  agent: { badge: "人工", name: "人工客服", hint: "工作人员正在为您服务" },
  closed: { badge: "已结束", name: "会话已结束", hint: "记录已保存" },
};
const LINE = {
  retrying: "连接中断，正在重新连接。您可以继续写，恢复后会自动发送。",
  offline: "网络已断开。您可以继续写，恢复后会自动发送。",
};
const ENDED = "本次会话已经结束，您说过的内容都已保存。";
const EXPIRED = "本次会话已失效，您说过的内容都已保存。请开始新的会话继续。";

const page = document.body;
const embedded = page.classList.contains("embed");
const title = document.title;
let stream = null;
let outbox = null;
let unseen = 0;
const waitingForSession = []; // typed before there was a session

const thread = new Thread(
  { log: element("log"), list: element("lines"), typing: element("typing"), newer: element("newer") },
  { onChoice: (choice) => send(choice.value ?? choice.label, choice.label), onRetry: () => outbox?.retry() },
);
const composer = new Composer(
  { form: element("composer"), text: element("text"), counter: element("counter"), button: element("send") },
  Number(page.dataset.limit),
  (text) => send(text),
);

function send(text, label) {
  thread.silence();
  if (outbox) outbox.add(text, label);
  else waitingForSession.push([text, label]);
}

async function begin() {
  let { token } = recall();
  for (let failures = 1; !token; failures += 1) {
    say("line", "正在连接…");
    try {
      const session = await openSession();
      token = session.token;
      remember({ token, conversation: session.conversation_id });
    } catch (error) {
      say("line", error.detail ?? LINE[navigator.onLine ? "retrying" : "offline"], "warn");
      await new Promise((again) => setTimeout(again, error.retryAfter ?? delay(failures)));
    }
  }
  join(token);
}

function join(token) {
  element("log").ariaBusy = "true";
  outbox = new Outbox(token, {
    onChange: (entry) => {
      thread.pend(entry);
      if (entry.status === "refused" && !composer.draft) composer.draft = entry.text;
    },
    onDelivered: (entry, seq) => thread.deliver(entry, seq),
    onEnded: (problem) => end(problem.status === 410 ? ENDED : EXPIRED),
  });
  stream = new Stream(token, {
    onMessage: (line) => {
      thread.show(line, line.from === "customer" ? outbox.match(line.text) : null);
      if (line.from !== "customer") notice();
    },
    onTyping: (from) => thread.typing(from),
    onState: (owner) => own(owner),
    onLine: (state) => (state === "live" ? say("line", "") : say("line", LINE[state], "warn")),
    onRefused: (problem) => end(problem.status === 410 ? ENDED : EXPIRED),
  });
  stream.start();
  outbox.start();
  for (const [text, label] of waitingForSession.splice(0)) outbox.add(text, label);
}

function own(owner) {
  const words = OWNER[owner] ?? OWNER.bot;
  page.dataset.owner = owner;
  element("badge").textContent = words.badge;
  element("name").textContent = words.name;
  element("hint").textContent = words.hint;
  element("human").disabled = owner !== "bot";
  if (owner === "closed") end(ENDED);
}

function end(sentence) {
  stream?.stop();
  outbox?.stop();
  thread.silence();
  say("line", "");
  composer.enabled = false;
  page.classList.add("over");
  element("ended").hidden = false;
  element("ended-text").textContent = sentence;
}

// What was typed but not delivered goes into the box of the new session, for the customer to send.
function again() {
  const left = [...(outbox?.unsent ?? []), ...waitingForSession.splice(0).map(([text]) => text), composer.draft];
  forget();
  outbox = stream = null;
  thread.clear();
  element("ended").hidden = true;
  page.classList.remove("over");
  composer.enabled = true;
  own("bot");
  composer.draft = left.filter((text) => text.trim()).join("\n");
  composer.focus();
  begin();
}

function say(id, text, tone = "") {
  const place = element(id);
  place.hidden = !text;
  place.textContent = text;
  place.className = `banner ${tone}`;
}

// Something new while the customer looks elsewhere: the tab's title counts, the widget's button shows a dot.
function notice() {
  if (embedded) parent.postMessage({ anfu: "message" }, "*");
  if (!document.hidden) return;
  unseen += 1;
  document.title = `（${unseen} 条新消息）${title}`;
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unseen = 0;
  document.title = title;
});
element("human").addEventListener("click", () => send(element("human").dataset.says));
element("again").addEventListener("click", again);
element("larger").addEventListener("click", () => enlarge(!document.documentElement.classList.contains("large")));
element("fold")?.addEventListener("click", () => parent.postMessage({ anfu: "close" }, "*"));
addEventListener("keydown", (event) => {
  if (embedded && event.key === "Escape" && !event.isComposing) parent.postMessage({ anfu: "close" }, "*");
});

function enlarge(large) {
  document.documentElement.classList.toggle("large", large);
  element("larger").setAttribute("aria-pressed", String(large));
  try {
    localStorage.setItem("anfu.large", large ? "1" : "");
  } catch {
    // it holds for this page only
  }
}

function prefersLarge() {
  try {
    return localStorage.getItem("anfu.large") === "1";
  } catch {
    return false;
  }
}

enlarge(prefersLarge());
if (matchMedia("(hover: hover)").matches) composer.focus(); // not on a phone: the keyboard would cover the greeting
begin();
