// A form becomes choices that are shown at once: the words of the page are those of the server, the address stays that of what is seen.

const DELAY = 200;

/** Show what the form `#choice` asks for whenever it changes: `#said` is that of the page at the new address, then `draw` runs with its parameters. */
export function choosing(draw, { failed, status }) {
  const form = document.getElementById("choice");
  let call = new AbortController(), timer;
  const asked = () => new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  async function show() {
    call.abort();
    call = new AbortController();
    const query = asked();
    try {
      const answer = await fetch(`${form.getAttribute("action")}?${query}`, { headers: { Accept: "text/html" }, signal: call.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!answer.ok) { status.textContent = page.querySelector("main p")?.textContent ?? failed; return; }
      document.getElementById("said").replaceWith(page.getElementById("said"));
      history.replaceState(null, "", `?${query}`);
      status.textContent = "";
      await draw(query, call.signal);
    } catch (error) {
      if (error.name !== "AbortError") status.textContent = failed;
    }
  }
  form.addEventListener("submit", (event) => { event.preventDefault(); show(); });
  form.addEventListener("change", () => { clearTimeout(timer); timer = setTimeout(show, DELAY); });
  for (const part of document.querySelectorAll(".scripted")) part.hidden = false;
  return Promise.resolve(draw(asked(), call.signal)).catch(() => { status.textContent = failed; });
}

/** Let the slider of years and the day of the form say the same: the end of the year, or today where that is to come. */
export function sliding(form) {
  const slider = form.querySelector("input[type=range]"), said = form.querySelector("output");
  slider.addEventListener("input", () => {
    const today = new Date().toISOString().slice(0, 10), last = `${slider.value}-12-31`;
    said.value = slider.value;
    form.elements.as_of.value = last < today ? last : today;
  });
  form.elements.as_of.addEventListener("input", ({ target }) => { slider.value = said.value = target.value.slice(0, 4); });
}
