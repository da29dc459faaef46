// The chat's doors. Every failure comes back as a Problem (the server refused) or Unreachable (it did not answer).

export const EVENTS = "/api/chat/events";
const ANSWER_WITHIN = 20_000; // ms

export class Unreachable extends Error {}

export class Problem extends Error {
  // status: HTTP; code: English id; detail: one Chinese sentence that says what to do; retryAfter: ms or null
  constructor(status, code, detail, retryAfter) {
    super(`${status} ${code}`);
    Object.assign(this, { status, code, detail, retryAfter });
  }
}

export const openSession = () => post("/api/chat/sessions", {});

export const sendMessage = (token, id, text) =>
  post("/api/chat/messages", { client_message_id: id, text }, token);

async function post(path, body, token) {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), ANSWER_WITHIN);
  try {
    const options = { method: "POST", headers, body: JSON.stringify(body), cache: "no-store", signal: abort.signal };
    const answer = await fetch(path, options);
    if (!answer.ok) throw await problem(answer);
    return await answer.json();
  } catch (error) {
    throw error instanceof Problem ? error : new Unreachable(String(error));
  } finally {
    clearTimeout(timer);
  }
}

export async function problem(answer) {
  let said = {};
  try {
    said = await answer.json();
  } catch {
    // a proxy in between may answer with a page of its own: the status is all there is
  }
  const seconds = Number(answer.headers.get("Retry-After"));
  const detail = said.detail || "服务暂时不可用，请稍后再试，或直接拨打我们的投诉电话。";
  return new Problem(answer.status, said.code || "unknown", detail, seconds > 0 ? seconds * 1000 : null);
}
