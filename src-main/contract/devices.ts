// The boards that a network may be meant for, and whether it fits: flash for code and weights, RAM for what lies between the layers.
import { z } from 'zod';
import type { NetworkSummary } from './network.ts';
import type { ExportFormat, ExportWeights } from './nouns.ts';
import boards from '../../resources/devices/boards.json' with { type: 'json' };

export const Device = z.strictObject({
  id: z.string().regex(/^[a-z0-9.-]+$/),
  name: z.string().min(1),
  chip: z.string().min(1),
  /** A computer has an operating system and a card in place of flash; all formats run there. */
  kind: z.enum(['microcontroller', 'computer']),
  flashBytes: z.int().positive().nullable(),
  ramBytes: z.int().positive(),
  /** The largest block that a static array can have, where that is less than the RAM. */
  blockBytes: z.int().positive().optional(),
  clockMHz: z.int().positive(),
  /** Titles of the data sheets that the figures stand in. */
  sources: z.array(z.string().min(1)).min(1),
});
export type Device = z.infer<typeof Device>;

export const devices: readonly Device[] = z.array(Device).parse(boards);

/** What a network takes on a device. */
export const Footprint = z.object({
  flashBytes: z.int(),
  ramBytes: z.int(),
  /** False once the file is there: then only the code that runs it is estimated. */
  estimated: z.boolean(),
});
export type Footprint = z.infer<typeof Footprint>;

export const DeviceFit = z.object({
  device: z.string(),
  id: z.string(),
  /** Null where the format has no runtime on such a board. */
  fits: z.boolean().nullable(),
  /** Bytes left over; below zero the bytes that are missing; null where there is no such limit. */
  flashLeft: z.int().nullable(),
  ramLeft: z.int().nullable(),
});
export type DeviceFit = z.infer<typeof DeviceFit>;

/**
 * Code on a microcontroller. C: the functions that a convolutional network uses take 2.0 KB (cc -Os, x86-64, of cnn-small's export); eight
 * times that leaves room for other layers and the mathematical library's. TensorFlow Lite: the interpreter of TensorFlow Lite Micro with some ten kernels, about, as its linked
 * examples have it; it depends on the kernels and the compiler.
 */
const codeBytes = { c: 16_384, tflite: 98_304 } as const;
/** What TensorFlow Lite Micro keeps for each operator beside the tensors: 26.5 KB for the 31 of a person detector (David et al., TensorFlow Lite Micro, 2021). */
const bookkeeping = { base: 2048, layer: 820 } as const;

/** Before an export: from what is known of the network. Null for formats that only computers run. */
export function estimateFootprint(
  { bytes, activationBytes, inputShape, outputShape, layers }: NetworkSummary,
  format: ExportFormat,
  weights: ExportWeights,
): Footprint {
  const integer = weights === 'int8';
  const stored = integer ? bytes.int8 : format === 'c' ? bytes.sparse : weights === 'float16' ? Math.ceil(bytes.raw / 2) : bytes.raw;
  const ends = 4 * (entries(inputShape) + entries(outputShape));
  // The peak counts the input; in C both ends are the caller's arrays and come on top of what lies between.
  const between = integer ? Math.ceil((activationBytes + ends) / 4) : activationBytes + ends;
  return { ...withCode(format, stored, between, layers.length), estimated: true };
}

/** After an export: its weights as they lie in flash and its planned memory. */
export function measuredFootprint(format: ExportFormat, flashBytes: number, arenaBytes: number, layers: number): Footprint {
  return { ...withCode(format, flashBytes, arenaBytes, layers), estimated: false };
}

function withCode(format: ExportFormat, flash: number, ram: number, layers: number): { flashBytes: number; ramBytes: number } {
  if (format === 'c') return { flashBytes: flash + codeBytes.c, ramBytes: ram };
  if (format === 'tflite') return { flashBytes: flash + codeBytes.tflite, ramBytes: ram + bookkeeping.base + bookkeeping.layer * layers };
  // A computer reads the whole file into memory.
  return { flashBytes: flash, ramBytes: ram + flash };
}

/**
 * Worked example: 300,000 bytes of flash and 60,000 of RAM on a Pico (2,097,152 and 270,336): it fits, with 1,797,152 and 210,336 left.
 */
export function fitOn(device: Device, format: ExportFormat, { flashBytes, ramBytes }: Footprint): DeviceFit {
  const { id, name, kind } = device;
  if (kind === 'microcontroller' && format !== 'c' && format !== 'tflite')
    return { device: name, id, fits: null, flashLeft: null, ramLeft: null };
  const flashLeft = device.flashBytes === null ? null : device.flashBytes - flashBytes;
  const ramLeft = Math.min(device.ramBytes, device.blockBytes ?? Infinity) - ramBytes;
  return { device: name, id, fits: (flashLeft ?? 0) >= 0 && ramLeft >= 0, flashLeft, ramLeft };
}

export function fitOnAll(format: ExportFormat, footprint: Footprint): DeviceFit[] {
  return devices.map((device) => fitOn(device, format, footprint));
}

/** By id, or by any part of the name or the chip that only one board has. */
export function deviceNamed(word: string): Device | undefined {
  const wanted = word.toLowerCase();
  const exact = devices.find(({ id, name }) => id === wanted || name.toLowerCase() === wanted);
  const near = devices.filter(({ id, name, chip }) => [id, name, chip].some((each) => each.toLowerCase().includes(wanted)));
  return exact ?? (near.length === 1 ? near[0] : undefined);
}

function entries(shape: readonly (number | null)[]): number {
  return shape.slice(1).reduce((product: number, size) => product * (size ?? 1), 1);
}
