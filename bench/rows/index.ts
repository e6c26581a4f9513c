import { open, servers, services } from './curves.ts';
import { idle } from './idle.ts';
import { latency } from './latency.ts';
import { log } from './log.ts';
import { quota } from './quota.ts';
import type { Row } from './row.ts';
import { connections, dns, downloads, requests, uploads } from './throughput.ts';

/** What is measured, in the order of the report, by the names that `--only` takes. */
export const ROWS = {
  requests,
  connections,
  download: downloads,
  upload: uploads,
  dns,
  latency,
  idle,
  servers,
  services,
  open,
  quota,
  log,
} as const satisfies Record<string, Row>;

export type RowName = keyof typeof ROWS;
