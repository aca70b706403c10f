// A drawn chart as an SVG file that looks the same outside the page.

/** What a page's style sheet decides and a lone SVG file must carry itself. */
const carried = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-linejoin',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'dominant-baseline',
  'paint-order',
] as const;

/** The chart's drawing within `chart`; a canvas beneath it becomes an image inside the file. */
export function vectorOf(chart: HTMLElement): string {
  const drawing = drawingOf(chart);
  const copy = drawing.cloneNode(true);
  if (!(copy instanceof SVGSVGElement)) throw new TypeError('The chart holds no drawing.');
  const originals = [drawing, ...drawing.querySelectorAll('*')];
  [copy, ...copy.querySelectorAll('*')].forEach((element, index) => {
    const original = originals[index];
    if (original !== undefined) carryStyle(original, element);
  });
  for (const tool of copy.querySelectorAll('[data-tool]')) tool.remove();
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const { width, height } = sizeOf(drawing);
  copy.prepend(element('rect', { width: String(width), height: String(height), fill: backgroundOf(chart) }));
  const canvas = chart.querySelector('canvas');
  if (canvas !== null) copy.firstChild?.after(element('image', { href: canvas.toDataURL(), width: String(width), height: String(height) }));
  return new XMLSerializer().serializeToString(copy);
}

export function drawingOf(chart: HTMLElement): SVGSVGElement {
  const drawing = chart.querySelector('svg[data-drawing]');
  if (!(drawing instanceof SVGSVGElement)) throw new TypeError('The chart holds no drawing.');
  return drawing;
}

export function sizeOf(drawing: SVGSVGElement): { width: number; height: number } {
  return { width: drawing.width.baseVal.value, height: drawing.height.baseVal.value };
}

/** The first background up the page that isn't transparent. */
export function backgroundOf(chart: HTMLElement): string {
  for (let at: HTMLElement | null = chart; at !== null; at = at.parentElement) {
    const color = getComputedStyle(at).backgroundColor;
    if (color !== 'transparent' && !/^rgba\(.*, 0\)$/.test(color)) return color;
  }
  return 'white';
}

function carryStyle(from: Element, to: Element): void {
  const style = getComputedStyle(from);
  for (const property of carried) to.setAttribute(property, style.getPropertyValue(property));
  to.removeAttribute('class');
  to.removeAttribute('style');
}

function element(name: string, attributes: Record<string, string>): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
