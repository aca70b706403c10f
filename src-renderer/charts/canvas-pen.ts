// A canvas made ready to be drawn on anew, in the sharpness of the screen.

export interface CanvasPlace {
  readonly width: number;
  readonly height: number;
  /** Where the plot begins in it. */
  readonly left: number;
  readonly top: number;
}

/** Empties the canvas. Coordinates are the plot's, in CSS pixels; `token` reads a colour of the page. Null where there is no canvas yet. */
export function penOn(canvas: HTMLCanvasElement | undefined, { width, height, left, top }: CanvasPlace) {
  const pen = canvas?.getContext('2d');
  if (!canvas || !pen) return null;
  const ratio = devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  pen.setTransform(ratio, 0, 0, ratio, left * ratio, top * ratio);
  const style = getComputedStyle(canvas);
  const token = (name: string, otherwise: string): string => style.getPropertyValue(name).trim() || otherwise;
  return { pen, token };
}
