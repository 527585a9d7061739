// Keep the newest of the talk in sight, unless somebody has scrolled up to read; and keep the
// keyboard's place when the button that was pressed can be pressed no more.
(() => {
  const talk = document.getElementById("talk");
  let near = true, pressed = false;
  const last = () => { talk.scrollTop = talk.scrollHeight; };
  talk.addEventListener("scroll", () => {
    near = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 60;
  });
  document.body.addEventListener("submit", (event) => {
    if (event.target.closest("#happenings")) pressed = true;
  });
  document.body.addEventListener("htmx:afterSettle", () => {
    if (near) last();
    if (pressed && document.activeElement === document.body) {
      (document.querySelector("#happenings button:enabled") || talk).focus();
      pressed = false;
    }
  });
  last();
})();
