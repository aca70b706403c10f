// A chart as a bitmap, drawn shape by shape: loading the SVG as an image would need a content policy that lets data: images in.
import { backgroundOf, drawingOf, sizeOf } from './save-chart.ts';

/** A PNG, `scale` times the chart's size in CSS pixels. */
export async function pictureOf(chart: HTMLElement, scale: number): Promise<Blob> {
  const drawing = drawingOf(chart);
  const { width, height } = sizeOf(drawing);
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const pen = canvas.getContext('2d');
  if (pen === null) throw new Error('This window gives no canvas to draw on.');
  pen.scale(scale, scale);
  pen.fillStyle = backgroundOf(chart);
  pen.fillRect(0, 0, width, height);
  const beneath = chart.querySelector('canvas');
  if (beneath !== null) pen.drawImage(beneath, 0, 0, width, height);
  drawElement(pen, drawing, 1, scale);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error('The picture is too large for this window.')) : resolve(blob)), 'image/png');
  });
}

function drawElement(pen: CanvasRenderingContext2D, element: SVGGraphicsElement, opacityAbove: number, scale: number): void {
  if (element.dataset['tool'] !== undefined) return;
  const style = getComputedStyle(element);
  if (style.display === 'none' || style.visibility === 'hidden') return;
  const opacity = opacityAbove * Number(style.opacity);
  const outline = outlineOf(element);
  const place = element.getCTM();
  if (place !== null && (outline !== null || element instanceof SVGTextElement)) {
    pen.save();
    pen.setTransform(scale * place.a, scale * place.b, scale * place.c, scale * place.d, scale * place.e, scale * place.f);
    if (outline !== null) drawOutline(pen, outline, style, opacity);
    else drawText(pen, element, style, opacity);
    pen.restore();
  }
  for (const child of element.children)
    if (child instanceof SVGGraphicsElement && !(element instanceof SVGTextElement)) drawElement(pen, child, opacity, scale);
}

function outlineOf(element: SVGGraphicsElement): Path2D | null {
  const path = new Path2D();
  if (element instanceof SVGPathElement) return new Path2D(element.getAttribute('d') ?? '');
  if (element instanceof SVGRectElement)
    path.rect(element.x.baseVal.value, element.y.baseVal.value, element.width.baseVal.value, element.height.baseVal.value);
  else if (element instanceof SVGCircleElement)
    path.arc(element.cx.baseVal.value, element.cy.baseVal.value, element.r.baseVal.value, 0, 2 * Math.PI);
  else if (element instanceof SVGLineElement) {
    path.moveTo(element.x1.baseVal.value, element.y1.baseVal.value);
    path.lineTo(element.x2.baseVal.value, element.y2.baseVal.value);
  } else return null;
  return path;
}

function drawOutline(pen: CanvasRenderingContext2D, outline: Path2D, style: CSSStyleDeclaration, opacity: number): void {
  if (style.fill !== 'none') {
    pen.globalAlpha = opacity * Number(style.fillOpacity);
    pen.fillStyle = style.fill;
    pen.fill(outline);
  }
  if (style.stroke === 'none') return;
  pen.globalAlpha = opacity * Number(style.strokeOpacity);
  pen.strokeStyle = style.stroke;
  pen.lineWidth = Number.parseFloat(style.strokeWidth);
  pen.setLineDash(style.strokeDasharray === 'none' ? [] : style.strokeDasharray.split(/[ ,]+/).map(Number.parseFloat));
  pen.stroke(outline);
}

function drawText(pen: CanvasRenderingContext2D, element: SVGGraphicsElement, style: CSSStyleDeclaration, opacity: number): void {
  pen.globalAlpha = opacity;
  pen.fillStyle = style.fill;
  pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  pen.textAlign = style.textAnchor === 'middle' ? 'center' : style.textAnchor === 'end' ? 'end' : 'start';
  pen.textBaseline = style.dominantBaseline === 'auto' ? 'alphabetic' : 'middle';
  pen.fillText(element.textContent ?? '', Number(element.getAttribute('x') ?? 0), Number(element.getAttribute('y') ?? 0));
}
