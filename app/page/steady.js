"use strict";

// What stays as it was though Gradio makes parts of the page anew, or all of it: the language
// that browsers are told, the focus, the question that was not answered.
window.steady = {
  draft: "youju-draft", // in the tab's own storage
  left: sessionStorage.getItem("youju-draft") ?? "", // by the page that was here before

  brand() {
    return document.querySelector(".brand");
  },

  // Browsers choose glyphs and voices by the document's language, which Gradio calls English;
  // so it does the button that opens the panel, and the loss of its server.
  speak() {
    const brand = this.brand();
    if (!brand) {
      return;
    }
    document.documentElement.lang = brand.lang;
    const handle = document.querySelector("#side .toggle-button");
    if (handle && handle.ariaLabel !== brand.dataset.side) {
      handle.ariaLabel = brand.dataset.side;
    }
    for (const text of document.querySelectorAll("[data-testid=toast-text]")) {
      if (text.textContent.startsWith("Connection to the server was lost")) {
        text.textContent = brand.dataset.lost;
        text.closest("[data-testid=toast-body]").querySelector(".toast-title").style.display = "none";
      }
    }
  },

  // What an element is, wherever it is made anew.
  name(element) {
    const turn = element.closest(".turn")?.id ?? "";
    return JSON.stringify([turn, element.tagName, element.href ?? "", { ...element.dataset }]);
  },

  // Who uses keys and has lost the focus gets it back: on the same button, or near it.
  hold() {
    const { keys, held } = this;
    const lost = held && !held.element.checkVisibility() && document.activeElement === document.body;
    if (!keys || !lost) {
      return;
    }
    const all = [...document.querySelectorAll("a[href], button, summary, input, textarea")];
    const shown = all.filter((each) => each.offsetParent);
    const same = held.named && shown.find((each) => this.name(each) === held.name);
    (same || (held.near && document.querySelector(held.near)))?.focus();
  },

  note(element) {
    const near = {
      "#composer, #conversation": "#composer textarea",
      "#side": "#side button.sm",
      "#drop, #received": "#drop input",
    };
    const [, target] = Object.entries(near).find(([each]) => element.closest(each)) ?? [];
    const named = Boolean(element.href || Object.keys(element.dataset).length);
    this.held = { element, name: this.name(element), named, near: target };
  },

  keep(question) {
    sessionStorage.setItem(this.draft, question);
  },

  // A question is kept until its answer is there: the page may be loaded anew before.
  answered() {
    const newest = [...document.querySelectorAll("#conversation .turn")].pop();
    const question = newest?.querySelector(".actions") && newest.querySelector(".question");
    if (question?.textContent === sessionStorage.getItem(this.draft)?.trim()) {
      sessionStorage.removeItem(this.draft);
    }
  },

  // What belongs into the question's box when the page opens, and what is said about it. What
  // has been typed since, while the page was still opening, isn't left over.
  unsent(question, notice, notices) {
    this.answered();
    const draft = sessionStorage.getItem(this.draft) ?? "";
    const over = draft.trim() && draft === this.left && !question;
    return over ? [draft, notices[this.brand().lang]] : [question, notice];
  },
};

new MutationObserver(() => {
  steady.speak();
  steady.hold();
}).observe(document, { childList: true, subtree: true });

document.addEventListener("keydown", () => (steady.keys = true), true);
document.addEventListener("pointerdown", () => (steady.keys = false), true);
document.addEventListener("focusin", (event) => steady.note(event.target));
document.addEventListener("input", (event) => {
  if (event.target.matches("#composer textarea")) {
    steady.keep(event.target.value);
  }
});

// Who signs in next on this page doesn't see what was being typed.
document.addEventListener("submit", (event) => {
  if (event.target.matches("form.signed-in")) {
    sessionStorage.removeItem(steady.draft);
  }
});

// A suggested question is sent as it is.
document.addEventListener("click", (event) => {
  const suggested = event.target.closest?.("#examples button");
  if (suggested) {
    steady.keep(suggested.textContent.trim());
  }
});

// Links past what one doesn't want to go through with the Tab key.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a.skip");
  if (link) {
    event.preventDefault();
    const panels = [...document.querySelectorAll(link.dataset.to)];
    panels.filter((each) => each.offsetParent).pop()?.focus();
  }
});
