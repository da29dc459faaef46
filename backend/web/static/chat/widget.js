// The chat in another site: <script src="https://OUR-ADDRESS/chat/widget.js" defer></script>
//
// A button in the corner opens the chat page in a frame; on a phone it fills the screen. It lives in a shadow root, so
// that the site's styles and ours do not touch; it reads nothing of the site and hands nothing over. The site's address
// must be listed in ANFU_WIDGET_ORIGINS. An element with data-anfu-open on the site opens it too.

(() => {
  const home = new URL(document.currentScript.src).origin;
  if (document.getElementById("anfu-chat")) return;

  const STYLE = `
    :host { all: initial; position: fixed; z-index: 2147483000; right: 20px; bottom: 20px; }
    * { box-sizing: border-box; font-family: system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
    [hidden] { display: none !important; }
    button { display: flex; align-items: center; gap: 8px; height: 54px; padding: 0 20px 0 16px; border: 0; border-radius: 27px;
      background: #17545c; color: #fff; font-size: 16px; cursor: pointer; box-shadow: 0 4px 18px rgb(0 40 45 / .28); }
    button:hover { background: #0f4850; }
    button:focus-visible { outline: 3px solid #fff; box-shadow: 0 0 0 6px #0f6b74; }
    .count { min-width: 22px; height: 22px; padding: 0 6px; border-radius: 11px; background: #b3261e; color: #fff; font-size: 13px; line-height: 22px; text-align: center; }
    .frame { position: fixed; right: 20px; bottom: 20px; width: 400px; height: min(680px, calc(100vh - 40px)); overflow: hidden;
      border-radius: 18px; background: #f1f4f3; box-shadow: 0 10px 44px rgb(0 30 35 / .34); }
    iframe { display: block; width: 100%; height: 100%; border: 0; }
    @media (max-width: 520px) { .frame { inset: 0; width: 100%; height: 100%; border-radius: 0; } }
    @media print { :host { display: none; } }
  `;
  const ICON = "M4 6a3 3 0 0 1 3-3h10a3 3 0 0 1 3 3v8a3 3 0 0 1-3 3h-5l-5 4v-4a3 3 0 0 1-3-3z";

  const host = document.createElement("div");
  host.id = "anfu-chat";
  const root = host.attachShadow({ mode: "open" });
  dress(root);

  const opener = document.createElement("button");
  opener.type = "button";
  opener.setAttribute("aria-haspopup", "dialog");
  opener.setAttribute("aria-expanded", "false");
  opener.append(icon(), "投诉与咨询");
  const count = document.createElement("span");
  count.className = "count";
  count.hidden = true;
  opener.append(count);

  const frame = document.createElement("div");
  frame.className = "frame";
  frame.hidden = true;
  frame.setAttribute("role", "dialog");
  frame.setAttribute("aria-label", "投诉与咨询");
  root.append(opener, frame);

  let page = null;
  let unseen = 0;

  function open() {
    if (!page) {
      page = document.createElement("iframe");
      page.title = "投诉与咨询对话";
      page.src = `${home}/chat?embed=1`;
      frame.append(page);
    }
    frame.hidden = false;
    opener.hidden = true;
    opener.setAttribute("aria-expanded", "true");
    tally(0);
    page.focus();
  }

  function close() {
    if (frame.hidden) return;
    frame.hidden = true;
    opener.hidden = false;
    opener.setAttribute("aria-expanded", "false");
    opener.focus();
  }

  function tally(number) {
    unseen = number;
    count.hidden = !unseen;
    count.textContent = unseen > 99 ? "99+" : String(unseen);
    opener.setAttribute("aria-label", unseen ? `投诉与咨询，${unseen} 条新消息` : "投诉与咨询");
  }

  // The site may forbid style elements; a constructed sheet is not one.
  function dress(shadow) {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      shadow.adoptedStyleSheets = [sheet];
    } catch {
      const style = document.createElement("style");
      style.textContent = STYLE;
      shadow.append(style);
    }
  }

  function icon() {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    const path = document.createElementNS(space, "path");
    for (const [name, value] of [["viewBox", "0 0 24 24"], ["width", "24"], ["height", "24"], ["aria-hidden", "true"]]) {
      svg.setAttribute(name, value);
    }
    for (const [name, value] of [["d", ICON], ["fill", "none"], ["stroke", "currentColor"], ["stroke-width", "2"]]) {
      path.setAttribute(name, value);
    }
    svg.append(path);
    return svg;
  }

  opener.addEventListener("click", open);
  frame.addEventListener("keydown", (event) => event.key === "Escape" && close());
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-anfu-open]")) open();
  });
  addEventListener("message", (event) => {
    if (event.origin !== home || !page || event.source !== page.contentWindow) return;
    if (event.data?.anfu === "close") close();
    if (event.data?.anfu === "message" && frame.hidden) tally(unseen + 1);
  });
  tally(0);
  document.body.append(host);
})();
