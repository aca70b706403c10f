// What was dropped on the page: files, and the files in folders, each with its path; in the window a folder stays one thing, for the studio reads it itself.
import { desktopBridge } from './desktop-bridge.ts';
import type { PlacedFile } from './upload-files.ts';

/** To be called in the drop's own turn: the list of items is empty afterwards. */
export async function walkDropped(data: DataTransfer | null): Promise<PlacedFile[]> {
  if (data === null) return [];
  const flat = [...data.files].map((file) => ({ file, path: file.name }));
  if (desktopBridge() !== undefined) return flat;
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (!entries.some(({ isDirectory }) => isDirectory)) return flat;
  const found: PlacedFile[] = [];
  for (const entry of entries) await visit(entry, entry.name, found);
  return found;
}

async function visit(entry: FileSystemEntry, path: string, found: PlacedFile[]): Promise<void> {
  if (isFile(entry)) {
    found.push({ file: await new Promise<File>((done, fail) => entry.file(done, fail)), path });
  } else if (isFolder(entry)) {
    const reader = entry.createReader();
    // A reader hands out at most a hundred at a time, and nothing when it is at the end.
    for (;;) {
      const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
      if (some.length === 0) return;
      for (const each of some) await visit(each, `${path}/${each.name}`, found);
    }
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
