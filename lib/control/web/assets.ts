import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownFile } from '../../model/own-file.ts';

/** A file of the page. */
export interface Asset {
  readonly type: string;
  readonly body: Buffer<ArrayBuffer>;
  readonly etag: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const FOLDER = fileURLToPath(ownFile('control/web/page/'));

/** The page's files by their paths in a URL, read once: what was read goes together. */
export function readAssets(): ReadonlyMap<string, Asset> {
  const assets = new Map<string, Asset>();
  for (const file of readdirSync(FOLDER)) {
    const type = TYPES[extname(file)];
    if (type === undefined) continue; // source maps
    const body = Buffer.from(readFileSync(join(FOLDER, file)));
    const path = file === 'index.html' ? '/' : `/${file}`;
    assets.set(path, { type, body, etag: `"${hash('sha256', body).slice(0, 32)}"` });
  }
  return assets;
}
