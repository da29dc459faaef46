// What htmx cannot know: when the session has ended under a page, the answer is the sign-in page, so go there.

document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  if (status === 401 || status === 403) location.reload();
});

// Only one step is open at a time; the menu closes when one clicks elsewhere or presses Escape.
document.addEventListener("click", (event) => {
  const target = event.target;
  if (!(target instanceof Element)) return;
  const summary = target.closest(".acts summary");
  if (summary) {
    for (const other of document.querySelectorAll(".acts details[open]")) {
      if (other !== summary.parentElement) other.open = false;
    }
  }
  const menu = document.querySelector(".who[open]");
  if (menu && !menu.contains(target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  const menu = document.querySelector(".who[open]");
  if (event.key === "Escape" && menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A form is sent once, however often the button is pressed.
document.addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll("button[type=submit]")) {
    setTimeout(() => (button.disabled = true));
  }
});
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[type=submit]:disabled")) button.disabled = false;
});
