// Shows under the query what is slow or unknown in it, once its writer pauses; this server says so, and nothing is run.
window.addEventListener("DOMContentLoaded", () => {
  const text = document.getElementById("query");
  const list = document.getElementById("advice");
  let timer = 0;
  let call = new AbortController();

  function part(tag, name, content) {
    const made = document.createElement(tag);
    made.className = name;
    made.textContent = content;
    return made;
  }

  function entry(advice) {
    const item = part("li", advice.severity, "");
    const place = part("button", "place", `${advice.severity}, line ${advice.line}, column ${advice.column}:`);
    place.type = "button";
    place.addEventListener("click", () => {
      const before = text.value.split("\n").slice(0, advice.line - 1).join("\n");
      const offset = before.length + (advice.line > 1 ? 1 : 0) + advice.column - 1;
      text.focus();
      text.setSelectionRange(offset, offset);
    });
    item.append(place, ` ${advice.message}. `, part("span", "remedy", `Instead: ${advice.remedy}`));
    return item;
  }

  async function ask() {
    call.abort();
    call = new AbortController();
    try {
      const answer = await fetch("/advice", { method: "POST", body: new URLSearchParams({ query: text.value }), signal: call.signal });
      const found = answer.ok ? (await answer.json()).advice : [];
      list.replaceChildren(...found.map(entry));
    } catch (error) {
      if (error.name !== "AbortError") list.replaceChildren();
    }
  }

  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 400);
  });
  ask();
});
