// A zip archive written as it goes: files that are compressed already are stored, the directory comes last (PKWARE, APPNOTE.TXT).
import { crc32 } from "node:zlib";

interface Written {
  name: Buffer;
  crc: number;
  size: number;
  offset: number;
}

/** The archive's bytes, part by part; one file is in memory at a time. */
export async function* zipOf(files: AsyncIterable<{ name: string; bytes: Buffer }>): AsyncGenerator<Buffer> {
  const written: Written[] = [];
  let offset = 0;
  for await (const { name, bytes } of files) {
    const entry: Written = { name: Buffer.from(name), crc: crc32(bytes), size: bytes.length, offset };
    written.push(entry);
    const head = localHeader(entry);
    offset += head.length + bytes.length;
    yield head;
    yield bytes;
  }
  const directory = Buffer.concat(written.map(centralHeader));
  yield Buffer.concat([directory, endRecord(written.length, directory.length, offset)]);
}

/** 1 January 1980, the first day that a zip knows. */
const DATE = 0x21;
const VERSION = 20;

function localHeader({ name, crc, size }: Written): Buffer {
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(VERSION, 4);
  head.writeUInt16LE(DATE, 12);
  head.writeUInt32LE(crc, 14);
  head.writeUInt32LE(size, 18);
  head.writeUInt32LE(size, 22);
  head.writeUInt16LE(name.length, 26);
  return Buffer.concat([head, name]);
}

function centralHeader({ name, crc, size, offset }: Written): Buffer {
  const head = Buffer.alloc(46);
  head.writeUInt32LE(0x02014b50, 0);
  head.writeUInt16LE(VERSION, 4);
  head.writeUInt16LE(VERSION, 6);
  head.writeUInt16LE(DATE, 14);
  head.writeUInt32LE(crc, 16);
  head.writeUInt32LE(size, 20);
  head.writeUInt32LE(size, 24);
  head.writeUInt16LE(name.length, 28);
  head.writeUInt32LE(offset, 42);
  return Buffer.concat([head, name]);
}

function endRecord(count: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return end;
}
