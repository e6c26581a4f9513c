import type { NodeAction } from '../node/action.ts';

export type Level = Extract<NodeAction, { type: 'log' }>['level'];

/** Of a text, in characters: what others wrote to the FIFO may be long. */
const LONGEST = 2000;
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const WORDS: Readonly<Record<Level, string>> = {
  info: 'info',
  warn: 'WARN',
  error: 'ERROR',
};

/** A line as Heartbeat writes it to ha-log: `Nov 27 01:46:35 lb1 heartbeat: [1234]: info: text`, local time. */
export function logLine(at: Date, node: string, level: Level, text: string): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
  return `${MONTHS[at.getMonth()]} ${two(at.getDate())} ${clock} ${node} ${said(level, text)}\n`;
}

/** The part of it that goes to syslog, which adds date and host. */
export function said(level: Level, text: string): string {
  const oneLine = text.slice(0, LONGEST).replaceAll(/[\r\n]+/g, ' ');
  return `heartbeat: [${process.pid}]: ${WORDS[level]}: ${oneLine}`;
}
