import type { Target } from '../target.ts';
import { addresses } from './addresses.ts';
import { agents } from './agents.ts';
import { CHECKS } from './checks.ts';
import { clientHellos } from './client-hello.ts';
import { config } from './config.ts';
import { controlBytes } from './control-bytes.ts';
import { controlHttp } from './control-http.ts';
import { controlLine } from './control-line.ts';
import { heartbeats } from './heartbeat.ts';
import { ini } from './ini.ts';
import { logLines } from './log-line.ts';
import { names } from './names.ts';
import { page } from './page.ts';
import { pageBytes } from './page-bytes.ts';
import { patterns } from './patterns.ts';
import { peer } from './peer.ts';
import { proxyHeaders } from './proxy-header.ts';
import { state } from './state.ts';

/** Everything that takes what others wrote. */
export const TARGETS: Readonly<Record<string, Target>> = {
  config,
  ini,
  patterns,
  addresses,
  names,
  state,
  peer,
  agents,
  'log line': logLines,
  'proxy header': proxyHeaders,
  'client hello': clientHellos,
  heartbeat: heartbeats,
  'control line': controlLine,
  'control http': controlHttp,
  page,
  'control bytes': controlBytes,
  'page bytes': pageBytes,
  ...CHECKS,
};
