import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { Config, ReadResult } from '../config/config.ts';
import { iniPlaces, type ReadOptions, readConfig } from '../config/index.ts';
import type { Launch } from '../instance/launch.ts';
import { refuseBeyond } from './lacking-rights.ts';
import { settled } from './settled.ts';

/** The config file over the director's life. */
export interface ConfigFile {
  readonly path: string;
  /** While it is being written, that is waited for. */
  read(): Promise<ReadResult>;
  /** As read(), but look() goes on as if it had not been read. */
  peek(): Promise<ReadResult>;
  /** `changed` once for each content that was neither read nor told before; `gone` once for
   *  each time that it vanishes. */
  look(): Promise<'same' | 'changed' | 'gone'>;
}

/** @param known  what has been read of it just now: the first reading */
export function openConfigFile(
  { config: path, ini, mode }: Pick<Launch, 'config' | 'ini' | 'mode'>,
  known?: Config,
): ConfigFile {
  const how = { ...(ini === undefined ? {} : { ini }), debug: mode === 'debug' };
  let first = known;
  let stamp = '';
  let digest: string | undefined;
  let gone = false;

  /** An unchanged modification time spares reading the content. */
  async function content(): Promise<string | undefined> {
    try {
      const { mtimeNs, size, ino } = await stat(path, { bigint: true });
      const now = `${mtimeNs} ${size} ${ino}`;
      if (now !== stamp || gone) {
        const bytes = await readFile(path);
        stamp = now;
        return createHash('sha256').update(bytes).digest('hex');
      }
      return digest;
    } catch {
      return undefined;
    }
  }

  /** Spares the first reading where that has been done. */
  async function readOnce(): Promise<ReadResult> {
    const config = first;
    first = undefined;
    if (config) return { ok: true, config };
    // Before the reading: a change in between is then seen at the next look.
    digest = await content();
    return readWhole(path, how);
  }

  return {
    path,
    peek: () => readWhole(path, how),
    async read() {
      const result = await readOnce();
      if (result.ok) ({ digest } = result.config);
      gone = digest === undefined;
      return result;
    },
    async look() {
      const found = await content();
      if (found === undefined) {
        const news = !gone;
        gone = true;
        return news ? 'gone' : 'same';
      }
      const news = found !== digest;
      gone = false;
      digest = found;
      return news ? 'changed' : 'same';
    },
  };
}

async function readWhole(path: string, how: ReadOptions): Promise<ReadResult> {
  await settled([path, ...iniPlaces(path, how.ini)]);
  return refuseBeyond(await readConfig(path, how));
}
