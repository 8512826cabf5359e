// Visible texts whose contrast with what lies behind them is below WCAG 2.1 AA (1.4.3):
// 4.5, or 3 from 24 px or 18.66 px bold. What is disabled is exempt.
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], below) =>
    [...[r, g, b].map((value, i) => value * a + below[i] * (1 - a)), 1];
  const luminance = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((value) => {
      const v = value / 255;
      return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const chain = (element) => {
    const found = [];
    for (let each = element; each; each = each.parentElement) found.unshift(each);
    return found;
  };
  const behind = (element) =>
    chain(element).reduce((below, each) => {
      const style = getComputedStyle(each);
      return over(rgba(style.backgroundColor), below);
    }, [255, 255, 255, 1]);
  const ownText = (element) =>
    [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE)
      .map((node) => node.textContent.trim()).join(" ").trim();
  const seen = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1
      && element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  };
  const faint = [];
  let count = 0;
  const measure = (element, style, text) => {
    if (!text || !seen(element) || element.closest(":disabled, [aria-disabled=true]")) return;
    const opacity = chain(element).reduce((o, e) => o * Number(getComputedStyle(e).opacity), 1);
    const below = behind(element);
    const [r, g, b, a] = rgba(style.color);
    const front = over([r, g, b, a * opacity], below);
    const [low, high] = [luminance(front), luminance(below)].sort((x, y) => x - y);
    const ratio = (high + 0.05) / (low + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    count += 1;
    if (ratio < (large ? 3 : 4.5))
      faint.push(`${ratio.toFixed(2)} ${element.tagName}.${element.className} ${text.slice(0, 30)}`
        + ` ${style.color} on ${below.slice(0, 3).map(Math.round)}`);
  };
  for (const element of document.body.querySelectorAll("*")) {
    if (["SCRIPT", "STYLE", "OPTION"].includes(element.tagName)) continue;
    measure(element, getComputedStyle(element), ownText(element));
    if (element.value) measure(element, getComputedStyle(element), String(element.value));
    else if (element.placeholder)
      measure(element, getComputedStyle(element, "::placeholder"), element.placeholder);
  }
  return { count, faint: [...new Set(faint)] };
}
