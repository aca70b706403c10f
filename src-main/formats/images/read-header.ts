// What a picture is, from its first bytes: format, size, colours. Nothing is decoded.
import { refusal, type Place } from '../refusal.ts';
import { maxPixels, type ImageHeader } from './image.ts';

/** @throws StudioError `unsupported` for pictures of other formats, `damaged-file`, `over-limit` beyond a hundred megapixels. */
export function readImageHeader(bytes: Buffer, place: Place): ImageHeader {
  const header = headerOf(bytes, place);
  const { width, height } = header;
  if (width < 1 || height < 1) throw refusal('damaged-file', place, `Its header says ${width} × ${height} pixels.`);
  if (width * height > maxPixels)
    throw refusal('over-limit', place, `It has ${width} × ${height} pixels; at most ${maxPixels / 1e6} million are read.`);
  return header;
}

function headerOf(bytes: Buffer, place: Place): ImageHeader {
  if (bytes.length >= 29 && bytes.toString('latin1', 0, 8) === '\x89PNG\r\n\x1a\n' && bytes.toString('latin1', 12, 16) === 'IHDR')
    return { format: 'png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), gray: bytes[25] === 0 || bytes[25] === 4 };
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return jpegHeader(bytes, place);
  if (bytes.length >= 30 && bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP')
    return webpHeader(bytes, place);
  const start = bytes.toString('latin1', 0, 512);
  const known = [
    [/^GIF8/, 'a GIF'],
    [/^BM/, 'a Windows bitmap'],
    [/^(II\*\0|MM\0\*)/, 'a TIFF'],
    [/^\s*(<\?xml|<svg|<!DOCTYPE svg)/i, 'an SVG drawing'],
    [/^....ftyp(heic|heix|mif1|avif)/s, 'a HEIC or AVIF'],
  ] as const;
  const name = known.find(([words]) => words.test(start))?.[1];
  throw name === undefined
    ? refusal('damaged-file', { ...place, offset: 0 }, start === '' ? 'It is empty.' : 'Its first bytes are those of no PNG, JPEG or WebP.')
    : refusal('unsupported', place, `It is ${name}; PNG, JPEG and WebP are read.`, 'Save it as PNG.');
}

/** The frame header (SOF) stands after other segments, each with its length. */
function jpegHeader(bytes: Buffer, place: Place): ImageHeader {
  let at = 2;
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) break;
    const marker = bytes[at + 1]!;
    if (marker === 0xff || (marker >= 0xd0 && marker <= 0xd8) || marker === 0x01) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    if (marker === 0xda || marker === 0xd9) break;
    const frame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (frame && bytes[at + 9] === 4)
      throw refusal('unsupported', place, 'It is a JPEG of four inks (CMYK), as printers use them.', 'Save it as RGB.');
    if (frame) return { format: 'jpeg', height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7), gray: bytes[at + 9] === 1 };
    at += 2 + Math.max(2, bytes.readUInt16BE(at + 2));
  }
  throw refusal('damaged-file', { ...place, offset: Math.min(at, bytes.length) }, 'It begins as a JPEG, but it has no frame header.');
}

function webpHeader(bytes: Buffer, place: Place): ImageHeader {
  const base = { format: 'webp', gray: false } as const;
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return { ...base, width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
    case 'VP8L': {
      const bits = bytes.readUInt32LE(21);
      return { ...base, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8X':
      if ((bytes[20]! & 2) !== 0) throw refusal('unsupported', place, 'It is an animation.', 'Save one picture of it.');
      return { ...base, width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
    default:
      throw refusal('damaged-file', { ...place, offset: 12 }, 'It begins as a WebP, but what follows is unknown.');
  }
}
