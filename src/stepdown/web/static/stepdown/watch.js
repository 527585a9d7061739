// Keep the newest of the talk in sight, unless somebody has scrolled up to read.
(() => {
  const talk = document.getElementById("talk");
  let near = true;
  const last = () => { talk.scrollTop = talk.scrollHeight; };
  talk.addEventListener("scroll", () => {
    near = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 60;
  });
  document.body.addEventListener("htmx:afterSettle", () => { if (near) last(); });
  last();
})();
