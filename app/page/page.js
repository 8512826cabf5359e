"use strict";

// What the page does beside Gradio; the calls stand in page.py.
window.youju = {
  // Browsers choose glyphs and voices by the document's language, which Gradio calls English.
  speak() {
    requestAnimationFrame(() => {
      document.documentElement.lang = document.querySelector(".brand").lang;
    });
  },

  showNewest() {
    requestAnimationFrame(() => {
      const turns = document.querySelectorAll("#conversation .turn");
      turns[turns.length - 1]?.scrollIntoView({ behavior: "smooth", block: "start" });
    });
  },

  // The first of these that is there; it may be shown only some frames from now.
  focusOn(...selectors) {
    const settle = (frames) => {
      const target = selectors.map((each) => document.querySelector(each)).find(Boolean);
      target?.focus();
      if (document.activeElement !== target && frames) {
        requestAnimationFrame(() => settle(frames - 1));
      }
    };
    settle(60);
  },

  jump(target) {
    target.scrollIntoView({ behavior: "smooth", block: "center" });
    target.focus({ preventScroll: true });
    target.classList.remove("flash");
    void target.offsetWidth; // restarts the animation
    target.classList.add("flash");
  },
};

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#conversation a.jump");
  const target = link && document.getElementById(link.hash.slice(1));
  if (target) {
    event.preventDefault();
    youju.jump(target);
  }
});
