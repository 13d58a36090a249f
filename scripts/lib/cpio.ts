// SPDX-License-Identifier: MIT
/** Writes a cpio archive (newc, as the kernel's initramfs wants it) that depends on nothing but its entries. */

export type Entry =
  | { kind: 'file'; mode: number; data: Uint8Array }
  | { kind: 'directory'; mode: number }
  | { kind: 'symlink'; target: string }
  | { kind: 'character device'; mode: number; major: number; minor: number };

const TYPE = { file: 0o100000, directory: 0o040000, symlink: 0o120000, 'character device': 0o020000 };

/** Packs entries by path (without leading slash), sorted, owned by root, of the epoch; parents are added as 0755. */
export function packCpio(entries: ReadonlyMap<string, Entry>): Buffer {
  const all = new Map<string, Entry>([['.', { kind: 'directory', mode: 0o755 }], ...entries]);
  for (const path of entries.keys()) {
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
      const parent = path.slice(0, at);
      if (!all.has(parent)) all.set(parent, { kind: 'directory', mode: 0o755 });
    }
  }
  const records = [...all.keys()].sort(byBytes).map((path, index) => record(index + 1, path, all.get(path)!));
  return Buffer.concat([
    ...records,
    record(0, 'TRAILER!!!', { kind: 'file', mode: 0, data: new Uint8Array(0) }),
  ]);
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function record(inode: number, path: string, entry: Entry): Buffer {
  const data =
    entry.kind === 'file'
      ? Buffer.from(entry.data)
      : entry.kind === 'symlink'
        ? Buffer.from(entry.target)
        : Buffer.alloc(0);
  const trailer = inode === 0;
  const mode = entry.kind === 'symlink' ? 0o777 : entry.mode;
  const device = entry.kind === 'character device' ? entry : { major: 0, minor: 0 };
  const name = Buffer.from(`${path}\0`);
  const fields = [
    inode,
    trailer ? 0 : TYPE[entry.kind] | mode,
    0, // owner
    0, // group
    entry.kind === 'directory' ? 2 : 1, // links
    0, // time
    data.length,
    0, // device that the file is on
    0,
    device.major,
    device.minor,
    name.length,
    0, // checksum, of another format
  ];
  const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
  return Buffer.concat([pad(Buffer.concat([header, name])), pad(data)]);
}

function pad(data: Buffer): Buffer {
  return Buffer.concat([data, Buffer.alloc(-data.length & 3)]);
}
