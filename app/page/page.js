"use strict";

// What the page does beside Gradio; the calls stand in page.py.
window.youju = {
  // A turn that is new is brought into view; one that only changed is not.
  showNewest() {
    requestAnimationFrame(() => {
      const turns = document.querySelectorAll("#conversation .turn");
      const newest = turns[turns.length - 1];
      const name = newest ? newest.id + newest.querySelector(".question").textContent : "";
      if (name && name !== this.newest) {
        newest.scrollIntoView({ behavior: "smooth", block: "start" });
      }
      this.newest = name;
      steady.answered();
    });
  },

  // A question sent while another is answered is told that it waits; Gradio sends it then.
  waits(question, notices) {
    const answering = document.querySelector("#composer button.stop")?.offsetParent;
    return answering && question.trim() ? notices[document.querySelector(".brand").lang] : "";
  },

  // Buttons in HTML that we made tell the server what they are for.
  acts(element, trigger) {
    element.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-act]");
      if (!button) {
        return;
      }
      if (button.dataset.act.startsWith("edit")) {
        document.querySelector("#composer textarea").focus();
        steady.keep(""); // what is typed no longer waits to be sent
      }
      const box = button.closest(".reasons");
      trigger("submit", {
        act: button.dataset.act,
        turn: button.dataset.turn ?? "0",
        id: button.dataset.id ?? "",
        reason: box?.querySelector("input[type=radio]:checked")?.value ?? "",
        comment: box?.querySelector("input[type=text]").value ?? "",
      });
    });
  },

  // The button that leaves the last question as it was can be pressed from the question's box.
  escapes(element) {
    document.querySelector("#composer").addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing) {
        element.querySelector("button[data-act]")?.click();
      }
    });
  },

  // Browsers give a clipboard only to pages over HTTPS or on this machine.
  async write(text) {
    if (navigator.clipboard) {
      return navigator.clipboard.writeText(text);
    }
    const box = document.body.appendChild(document.createElement("textarea"));
    box.value = text;
    box.select();
    document.execCommand("copy");
    box.remove();
  },

  async copy(button) {
    const before = button.textContent;
    await this.write(button.dataset.copy);
    button.textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = before), 1500);
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
  const copying = event.target.closest?.("#conversation button[data-copy]");
  if (copying) {
    youju.copy(copying);
  }
  const link = event.target.closest?.("#conversation a.jump");
  const target = link && document.getElementById(link.hash.slice(1));
  if (target) {
    event.preventDefault();
    youju.jump(target);
  }
});

document.addEventListener(
  "toggle",
  (event) => {
    if (event.target.open && event.target.matches(".judged")) {
      event.target.scrollIntoView({ behavior: "smooth", block: "nearest" });
    }
  },
  true,
);
