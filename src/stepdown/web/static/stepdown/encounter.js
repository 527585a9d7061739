// The page of an encounter. All of it works without this file, turn by turn; with it, time runs,
// nothing typed is lost, and what was not stored is sent again under the same key.
"use strict";
(() => {
  const TICK_MS = 2000, RETRY_MS = [1000, 2000, 4000, 8000];
  const at = (id) => document.getElementById(id);
  const play = at("play"), talk = at("talk"), status = at("status"), words = at("words").dataset;
  const draft = `stepdown-draft-${play.dataset.draft}`;
  let tries = 0, inFlight = 0, readAsked = -1e9, clockAt = performance.now(), retryTimer = null;

  const say = () => at("say");
  const keepDraft = () => { try { say() ? sessionStorage.setItem(draft, say().value) : sessionStorage.removeItem(draft); } catch { /* no storage: the text stays in its field */ } };
  const openDraft = () => { try { if (say() && !say().value) say().value = sessionStorage.getItem(draft) || ""; } catch { /* as above */ } };
  const toEnd = () => { talk.scrollTop = talk.scrollHeight; };
  const seconds = () => {
    const clock = at("clock"), speed = Number(clock.dataset.speed);
    return Number(clock.dataset.seconds) + speed * (performance.now() - clockAt) / 1000;
  };
  const running = () => Number(at("clock").dataset.speed) > 0;
  const send = (kind) => {
    const form = at("tick");
    if (!form || (kind === "tick" && inFlight)) return;
    form.elements.kind.value = kind;
    htmx.trigger(form, "submit");
  };

  // Events that are here already are not shown twice, whatever was answered twice.
  const withoutDoubles = () => {
    const met = new Set();
    for (const item of [...talk.children]) {
      if (met.has(item.id)) item.remove();
      met.add(item.id);
    }
  };

  const busy = (yes) => {
    for (const button of document.querySelectorAll("#play form button, #controls button")) {
      if (button !== document.activeElement || !yes) button.disabled = yes;  // focus stays where it is
    }
  };

  document.addEventListener("htmx:beforeRequest", (event) => {
    inFlight += 1;
    if (event.detail.elt.id === "tick") return;
    clearTimeout(retryTimer);
    busy(true);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    inFlight = Math.max(inFlight - 1, 0);
    if (event.detail.elt.id !== "tick") busy(false);
    const code = event.detail.xhr ? event.detail.xhr.status : 0;
    if (event.detail.successful) {
      tries = 0; status.replaceChildren(); clockAt = performance.now();
      if (event.detail.elt.classList.contains("composer") && say()) { say().value = ""; keepDraft(); say().focus(); }
      if (event.detail.elt.closest && event.detail.elt.closest("#read")) { event.detail.elt.reset(); at("read").open = false; if (say()) say().focus(); }
      return;
    }
    if (code === 0 || code >= 500) again(event.detail);
  });

  // No answer, or one that says that nothing was stored: the same act is sent again, with its key.
  const again = (detail) => {
    if (detail.elt.id === "tick" && detail.requestConfig.parameters.kind === "tick") return;
    const wait = RETRY_MS[Math.min(tries, RETRY_MS.length - 1)];
    tries += 1;
    if (!status.querySelector(".fault")) status.textContent = words.again;
    clearTimeout(retryTimer);
    retryTimer = setTimeout(() => {
      const { path, parameters } = detail.requestConfig;
      htmx.ajax("POST", path, { source: detail.elt, target: "#talk", swap: "beforeend", values: Object.fromEntries(Object.entries(parameters)) }).catch(() => {});
    }, wait);
  };

  // A line that says what it said before is not read out again.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = event.detail;
    if (target.id === "cue" && target.textContent.trim() === fragment.textContent.trim()) event.detail.shouldSwap = false;
  });

  // What could not be used is said beside the field, and what was typed stays.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const code = event.detail.xhr.status;
    if (code >= 400 && event.detail.elt.id !== "tick") {
      event.detail.shouldSwap = true;
      event.detail.target = status;
      event.detail.swapOverride = "innerHTML";
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== talk) return;
    withoutDoubles(); toEnd();
  });
  document.addEventListener("htmx:afterSettle", () => {
    const state = at("due").dataset;
    clockAt = performance.now();
    if (state.over === "1") { at("moves").hidden = true; const read = at("read"); if (read) read.remove(); if (at("look-back")) at("look-back").focus(); }
    askToRead(); speakNew(); wireDictation();
  });

  const askToRead = () => {
    const read = at("read"), due = at("due").dataset.due;
    if (!read || due !== "True" || running() || seconds() - readAsked < 150) return;
    readAsked = seconds();
    read.open = true;
  };

  document.addEventListener("keydown", (event) => {
    if (event.target.id === "say" && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (event.target.value.trim() && !at("send").disabled) event.target.form.requestSubmit();
    }
    if (event.key === "Escape" && at("stop-all") && at("stop-all").open) { at("stop-all").open = false; at("stop-all").querySelector("summary").focus(); }
  });
  document.addEventListener("input", (event) => { if (event.target.id === "say") keepDraft(); });

  // While the situation is read, and while nobody looks at the page, the clock stands still.
  document.addEventListener("toggle", (event) => {
    if (event.target.id === "read" && event.target.open && running()) send("pause");
  }, true);
  document.addEventListener("visibilitychange", () => { if (document.hidden && running()) send("pause"); });

  setInterval(() => {
    const now = Math.floor(seconds()), face = at("clock-face");
    if (face) face.textContent = `${Math.floor(now / 60)}:${String(now % 60).padStart(2, "0")}`;
  }, 500);
  setInterval(() => { if (running() && !document.hidden) send("tick"); }, TICK_MS);

  // Speech, only where the browser has it, and only when switched on.
  const Recognition = window.SpeechRecognition || window.webkitSpeechRecognition;
  const speaks = "speechSynthesis" in window;
  let spokenTo = talk.children.length, recognition = null;
  if (Recognition || speaks) {
    at("speech").hidden = false;
    at("speech-in-row").hidden = !Recognition;
    at("speech-out-row").hidden = !speaks;
    at("speech-in").addEventListener("change", () => wireDictation());
    at("speech-out").addEventListener("change", () => { spokenTo = talk.children.length; if (!at("speech-out").checked) speechSynthesis.cancel(); });
  }
  const wireDictation = () => {
    const button = at("dictate");
    if (!button) return;
    button.hidden = !(Recognition && at("speech-in").checked);
    if (button.dataset.wired) return;
    button.dataset.wired = "1";
    button.addEventListener("click", () => (recognition ? recognition.stop() : listen(button)));
  };
  const listen = (button) => {
    recognition = new Recognition();
    recognition.lang = talk.lang;
    recognition.onresult = (event) => { say().value = `${say().value} ${event.results[0][0].transcript}`.trim(); keepDraft(); };
    recognition.onend = () => { recognition = null; button.setAttribute("aria-pressed", "false"); status.replaceChildren(); if (say()) say().focus(); };
    button.setAttribute("aria-pressed", "true");
    status.textContent = words.you;
    recognition.start();
  };
  const speakNew = () => {
    const items = [...talk.children].slice(spokenTo);
    spokenTo = talk.children.length;
    if (!speaks || !at("speech-out").checked) return;
    for (const line of items.flatMap((item) => [...item.querySelectorAll(".them:not(.acted), .place")])) {
      const utterance = new SpeechSynthesisUtterance(line.textContent);
      utterance.lang = talk.lang;
      speechSynthesis.speak(utterance);
    }
  };

  openDraft(); toEnd(); askToRead(); wireDictation();
  if (say() && at("due").dataset.over === "0" && !(at("read") && at("read").open)) say().focus({ preventScroll: true });
})();
