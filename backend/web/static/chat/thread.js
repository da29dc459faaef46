// The conversation as the customer sees it. Text only ever enters the page as text, never as markup.
//
// A server line has a number (seq) and stands in its order; a line not yet delivered stands at the end, and becomes
// the server's line once its number is known, so that nothing the customer wrote blinks or appears twice.

const SPEAKER = { bot: "智能客服（机器人）", agent: "人工客服", customer: "我", system: "系统提示" };
const ZONE = { timeZone: "Asia/Shanghai" };
const CLOCK = new Intl.DateTimeFormat("zh-CN", { ...ZONE, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const DAY = new Intl.DateTimeFormat("zh-CN", { ...ZONE, month: "long", day: "numeric", weekday: "short" });
const TYPING_LASTS = 15_000; // ms; a lost "done" must not leave somebody typing for ever
const NEAR = 80; // px from the end that still count as reading the newest line

export class Thread {
  #log;
  #list;
  #typing;
  #newer;
  #to;
  #lines = new Map(); // seq -> element
  #pending = new Map(); // client id -> element
  #offered = null; // the choices of the newest line of the server
  #day = "";
  #typingTimer = 0;
  #quietTimer = 0;
  #following = true; // the newest line is in sight and shall stay so when the log shrinks or grows

  // elements: {log, list, typing, newer}; handlers: {onChoice(choice), onRetry()}
  constructor(elements, handlers) {
    this.#log = elements.log;
    this.#list = elements.list;
    this.#typing = elements.typing;
    this.#newer = elements.newer;
    this.#to = handlers;
    this.#newer.addEventListener("click", () => this.#toEnd());
    this.#log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.#following && this.#toEnd()).observe(this.#log);
  }

  // A line of the server. `mine` is the entry of the outbox it belongs to, if there is one.
  show(line, mine) {
    if (this.#lines.has(line.seq)) return;
    this.#replaying();
    const follow = this.#following || line.from === "customer";
    const own = mine && this.#pending.get(mine.id);
    const element = own ?? this.#build(line.from);
    this.#lines.set(line.seq, element);
    element.dataset.seq = line.seq;
    this.#fill(element, line.text);
    this.#stamp(element, line.at);
    if (own) this.#settle(own);
    else this.#place(element, line);
    this.#offer(element, line.choices ?? []);
    if (line.from !== "customer") this.typing(null);
    if (follow) this.#toEnd();
    else this.#newer.hidden = false;
  }

  // An entry of the outbox, new or changed.
  pend(entry) {
    let element = this.#pending.get(entry.id);
    if (!element) {
      element = this.#build("customer");
      this.#fill(element, entry.label);
      this.#pending.set(entry.id, element);
      this.#list.append(element);
      this.#silence();
      this.#toEnd();
    }
    if (!element.dataset.seq) this.#status(element, entry);
    if (entry.status === "refused") this.#enable(true);
  }

  // The server keeps the entry as line `seq`, which may have come down the stream already.
  deliver(entry, seq) {
    const element = this.#pending.get(entry.id);
    this.#pending.delete(entry.id);
    if (!element || element.dataset.seq) return;
    if (this.#lines.has(seq)) {
      element.remove();
      return;
    }
    element.dataset.seq = seq;
    this.#lines.set(seq, element);
    this.#settle(element);
  }

  typing(from) {
    clearTimeout(this.#typingTimer);
    this.#typing.hidden = !from;
    if (!from) return;
    this.#typing.querySelector("[data-who]").textContent = `${SPEAKER[from] ?? "对方"}正在输入`;
    if (this.#following) this.#toEnd();
    this.#typingTimer = setTimeout(() => this.typing(null), TYPING_LASTS);
  }

  // No offered choice can be taken any more.
  silence() {
    this.#silence();
    this.typing(null);
  }

  clear() {
    this.#list.replaceChildren();
    this.#lines.clear();
    this.#pending.clear();
    this.#offered = null;
    this.#day = "";
    this.typing(null);
  }

  #build(from) {
    const element = make("li", `line from-${from}`);
    const body = make("div", "body");
    body.append(make("span", from === "customer" ? "who sr-only" : "who", SPEAKER[from] ?? from));
    body.append(make("p", "text"), make("div", "meta"));
    element.append(body);
    return element;
  }

  #fill(element, text) {
    element.querySelector(".text").textContent = text;
  }

  #stamp(element, at) {
    const moment = new Date(at);
    const time = make("time", "", CLOCK.format(moment));
    time.dateTime = moment.toISOString();
    element.querySelector(".meta").replaceChildren(time);
  }

  #settle(element) {
    element.classList.remove("waiting", "refused");
    if (!element.querySelector("time")) this.#stamp(element, Date.now());
  }

  #status(element, entry) {
    element.classList.toggle("waiting", entry.status === "waiting");
    element.classList.toggle("refused", entry.status === "refused");
    const meta = element.querySelector(".meta");
    if (entry.status === "sending") meta.replaceChildren("发送中…");
    if (entry.status === "refused") meta.replaceChildren(entry.reason || "未送达");
    if (entry.status === "waiting") {
      const again = make("button", "again", "未送达 · 点此重试");
      again.type = "button";
      again.addEventListener("click", this.#to.onRetry);
      meta.replaceChildren(...(entry.reason ? [make("span", "", entry.reason), again] : [again]));
    }
  }

  #place(element, { seq, at }) {
    let after = this.#list.lastElementChild;
    while (after && !(Number(after.dataset.seq) < seq)) after = after.previousElementSibling;
    const day = DAY.format(new Date(at));
    const first = day !== this.#day ? [make("li", "day", day)] : [];
    this.#day = day;
    for (const [index, mark] of first.entries()) mark.dataset.seq = seq - 0.5 + index;
    if (after) after.after(...first, element);
    else this.#list.prepend(...first, element);
  }

  #offer(element, choices) {
    this.#silence();
    this.#offered = null;
    if (!choices.length) return;
    const group = make("div", "choices");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "可以直接点选");
    for (const choice of choices) {
      const button = make("button", "choice", choice.label);
      button.type = "button";
      button.addEventListener("click", () => {
        button.classList.add("taken");
        this.#silence();
        this.#to.onChoice(choice);
      });
      group.append(button);
    }
    element.querySelector(".body").append(group);
    this.#offered = group;
  }

  #silence() {
    this.#enable(false);
  }

  #enable(enabled) {
    for (const button of this.#offered?.children ?? []) button.disabled = !enabled;
  }

  // While an old conversation is played back a screen reader must not read it all out.
  #replaying() {
    if (this.#log.ariaBusy !== "true") return;
    clearTimeout(this.#quietTimer);
    this.#quietTimer = setTimeout(() => (this.#log.ariaBusy = "false"), 600);
  }

  #scrolled() {
    this.#following = this.#atEnd();
    if (this.#following) this.#newer.hidden = true;
  }

  #atEnd() {
    return this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < NEAR;
  }

  #toEnd() {
    this.#following = true;
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#newer.hidden = true;
  }
}

export function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}
