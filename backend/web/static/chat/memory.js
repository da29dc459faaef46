// What this tab remembers across a reload: the session (so that the same conversation goes on) and whatever has been
// typed but not yet delivered. sessionStorage ends with the tab; where it is forbidden, the page's own life must do.

const KEY = "anfu.chat";
let fallback = null;

export function recall() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  } catch {
    return fallback ?? {};
  }
}

export function remember(changes) {
  fallback = { ...recall(), ...changes };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(fallback));
  } catch {
    // private mode or a full store: fallback holds it
  }
}

export function forget() {
  fallback = null;
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // as above
  }
}
