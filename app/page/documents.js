// Runs once for each of the Documents tab's HTML components: element is the component,
// trigger calls the server, upload sends it a file.
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-act]");
  if (button) {
    trigger("select", { act: button.dataset.act, value: button.dataset.value ?? "" });
  }
});

function filled(template, values) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// What is too large or of a kind that isn't read is named to the server and not sent.
function fits(file, number, zone) {
  const kinds = zone.dataset.kinds.split(" ");
  return (
    number < Number(zone.dataset.most) &&
    file.size <= Number(zone.dataset.bytes) &&
    kinds.some((kind) => file.name.toLowerCase().endsWith(kind))
  );
}

async function send(files, zone) {
  if (!files.length || zone.hasAttribute("data-busy")) {
    return;
  }
  zone.setAttribute("data-busy", "");
  const status = zone.querySelector(".sending");
  const said = [];
  for (const [place, file] of files.entries()) {
    const each = { name: file.name, size: file.size, path: null };
    if (fits(file, place, zone)) {
      const values = { number: place + 1, total: files.length, name: file.name };
      status.textContent = filled(zone.dataset.sending, values);
      try {
        each.path = (await upload(file)).path;
      } catch {
        // the server says so of a file without a path
      }
    }
    said.push(each);
  }
  status.textContent = "";
  zone.removeAttribute("data-busy");
  trigger("upload", { files: said });
}

element.addEventListener("change", (event) => {
  const zone = event.target.closest(".drop");
  if (zone && event.target.type === "file") {
    const files = [...event.target.files];
    event.target.value = ""; // so that the same file can be chosen again
    send(files, zone);
  }
});

for (const name of ["dragover", "dragleave", "drop"]) {
  element.addEventListener(name, (event) => {
    const zone = event.target.closest(".drop");
    if (!zone) {
      return;
    }
    event.preventDefault();
    zone.classList.toggle("over", name === "dragover");
    if (name === "drop") {
      send([...event.dataTransfer.files], zone);
    }
  });
}
