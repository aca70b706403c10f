// A decoded picture, and what its header says before it is decoded.

export interface ImageHeader {
  readonly format: 'png' | 'jpeg' | 'webp';
  readonly width: number;
  readonly height: number;
  /** One channel of grey, as far as the header tells. */
  readonly gray: boolean;
}

/** Row by row, a byte a channel; transparency is dropped, as Keras and PyTorch drop it. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** A hundred megapixels: more than any camera, less than a bomb. */
export const maxPixels = 100_000_000;
