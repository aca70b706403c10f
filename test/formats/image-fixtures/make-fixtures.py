# Makes the pictures of this folder with Pillow, and what Pillow reads in them, as they are and resized to 12 × 16.
# pip install pillow==13.0.0 numpy; python make-fixtures.py
import pathlib, struct, zlib
import numpy as np
from PIL import Image

here = pathlib.Path(__file__).parent
height, width = 29, 37
y, x = np.mgrid[0:height, 0:width]
rgb = np.stack([x * 255 // (width - 1), y * 255 // (height - 1), 128 + 100 * np.sin(x / 5) * np.cos(y / 7)], -1).astype(np.uint8)
picture = Image.fromarray(rgb)
answers = {}


def add(name, image, **more):
    image.save(here / name, **more)
    keep(name)


def keep(name):
    read = Image.open(here / name)
    read = read.convert('RGB' if read.mode not in ('L', 'LA', '1', 'I;16') else 'L') if read.mode != 'I;16' else Image.fromarray((np.array(read) >> 8).astype(np.uint8))
    answers[name] = np.array(read)
    answers[name + ' resized'] = np.array(read.resize((16, 12), Image.BILINEAR))


def adam7(name):
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    rows = b''
    for x0, y0, dx, dy in [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]:
        for row in rgb[y0::dy, x0::dx]:
            rows += b'\0' + row.tobytes()
    header = struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 1)
    (here / name).write_bytes(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', header) + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))
    keep(name)


add('rgb.png', picture)
add('gray.png', picture.convert('L'))
add('palette.png', picture.quantize(32))
add('palette-4-bit.png', picture.quantize(11), bits=4)
add('alpha.png', Image.merge('RGBA', [*picture.split(), Image.fromarray((x * 6).astype(np.uint8))]))
add('gray-alpha.png', Image.merge('LA', [picture.convert('L'), Image.fromarray((x * 6).astype(np.uint8))]))
add('bits.png', picture.convert('1'))
add('gray-16.png', Image.fromarray((x * 1700 + y).astype(np.uint16)))
adam7('interlaced.png')
add('baseline.jpg', picture, quality=92, subsampling=0)
add('subsampled.jpg', picture, quality=80)
add('progressive.jpg', picture, quality=85, progressive=True)
add('gray.jpg', picture.convert('L'), quality=90)
add('lossy.webp', picture, quality=80)
add('lossless.webp', picture, lossless=True)
np.savez_compressed(here / 'answers.npz', **answers)
