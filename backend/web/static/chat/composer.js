// The place to write. Enter sends, Shift+Enter makes a new line; Enter that ends the composition of an input method
// never sends. Too long is said before sending, nothing is cut off. Invisible marks that come along when one copies a
// number out of an address book (controls, text directions) are left out: the server would refuse them.

const WARN_FROM = 0.9; // of the limit
const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g;

export class Composer {
  #text;
  #counter;
  #button;
  #limit;
  #onSend;

  constructor({ form, text, counter, button }, limit, onSend) {
    this.#text = text;
    this.#counter = counter;
    this.#button = button;
    this.#limit = limit;
    this.#onSend = onSend;
    text.addEventListener("keydown", (event) => this.#key(event));
    text.addEventListener("input", () => this.#measure());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#measure();
  }

  get draft() {
    return this.#text.value;
  }

  set draft(value) {
    this.#text.value = value;
    this.#measure();
  }

  set enabled(value) {
    this.#text.disabled = !value;
    this.#measure();
  }

  focus() {
    this.#text.focus({ preventScroll: true });
  }

  // 229 is what browsers report for a key the input method has taken; Safari ends the composition before the key.
  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#send();
  }

  #send() {
    const text = this.#written;
    if (!text || this.#text.disabled || this.#over() > 0) return;
    this.#text.value = "";
    this.#measure();
    this.#onSend(text);
    this.focus();
  }

  get #written() {
    return this.#text.value.replace(INVISIBLE, "").trim();
  }

  #over() {
    return length(this.#written) - this.#limit;
  }

  #measure() {
    const over = this.#over();
    const near = over > -this.#limit * (1 - WARN_FROM);
    this.#counter.hidden = !near;
    this.#counter.classList.toggle("over", over > 0);
    this.#text.toggleAttribute("aria-invalid", over > 0);
    if (near) this.#counter.textContent = over > 0 ? this.#tooLong(over) : `还可以写 ${-over} 字`;
    this.#button.disabled = this.#text.disabled || over > 0 || !this.#written;
    this.#text.style.height = "auto";
    this.#text.style.height = `${this.#text.scrollHeight + 2}px`;
  }

  #tooLong(over) {
    return `一条消息最多 ${this.#limit} 字，已超出 ${over} 字。请删减，或分成几条发送。`;
  }
}

// Characters as the server counts them: code points, not UTF-16 units.
function length(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
