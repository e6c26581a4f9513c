import { isIPv6, type Socket } from 'node:net';
import type { LineSocket } from '../line-socket.ts';
import { describe } from '../message.ts';
import { during, openSocket } from '../socket.ts';
import { Collected } from './collected.ts';
import { command, reply } from './ftp-control.ts';

/** A file, or the part of it that came. */
export interface FtpFile {
  readonly bytes: Buffer;
  /** There was more than the limit; the rest was not read. */
  readonly tooLong: boolean;
  /** Why it may not be whole; undefined: the server said that it is. */
  readonly problem: string | undefined;
}

export interface FtpTransfer {
  /** The server's address, numeric. */
  readonly host: string;
  /** The file's name, as RETR takes it. */
  readonly path: string;
  /** Most bytes that are read. */
  readonly limit: number;
}

/** Fetches a file in passive mode. Rejects when the transfer does not begin; once it has, what
 *  came is the result, even when the signal ends it. The data connection is closed in any
 *  case. */
export async function fetchFile(
  lines: LineSocket,
  { host, path, limit }: FtpTransfer,
  signal: AbortSignal,
): Promise<FtpFile> {
  const data = await openData(lines, host, signal);
  // Read from the start: what came before a reset is lost to one who begins after it.
  const coming = readAll(data, limit, signal);
  try {
    const begun = await command(lines, `RETR ${path}`, '150', /^(1[25]|2)/);
    const { bytes, tooLong, problem } = await coming;
    const whole = problem !== undefined || tooLong || begun.startsWith('2');
    return { bytes, tooLong, problem: whole ? problem : await unfinished(lines) };
  } finally {
    data.destroy();
  }
}

/** The server names an address and a port to fetch from. Only the port is used: the address
 *  may be one behind NAT, or one that we are to be led to. */
async function openData(
  lines: LineSocket,
  host: string,
  signal: AbortSignal,
): Promise<Socket> {
  const port = await (isIPv6(host) ? extendedPassive(lines) : passive(lines));
  try {
    return await openSocket({ host, port }, signal);
  } catch (error) {
    throw during('data connection', error);
  }
}

async function passive(lines: LineSocket): Promise<number> {
  const line = await command(lines, 'PASV', '227', /^227/);
  const [, high, low] = /\d+,\d+,\d+,\d+,(\d{1,3}),(\d{1,3})/.exec(line) ?? [];
  return checkedPort(Number(high) * 256 + Number(low), lines, line);
}

/** Source: RFC 2428, 3. */
async function extendedPassive(lines: LineSocket): Promise<number> {
  const line = await command(lines, 'EPSV', '229', /^229/);
  const [, , port] = /\((.)\1\1(\d{1,5})\1\)/.exec(line) ?? [];
  return checkedPort(Number(port), lines, line);
}

function checkedPort(port: number, lines: LineSocket, line: string): number {
  if (port > 0 && port < 65_536) return port;
  throw lines.unexpected('a port to fetch from', line);
}

async function readAll(
  data: Socket,
  limit: number,
  signal: AbortSignal,
): Promise<FtpFile> {
  const collected = new Collected(limit);
  const file = (problem?: string): FtpFile => ({
    bytes: collected.bytes(),
    tooLong: collected.tooLong,
    problem,
  });
  try {
    for await (const part of data) {
      collected.add(part);
      if (collected.tooLong) return file();
    }
    signal.throwIfAborted();
    return file();
  } catch (error) {
    return file(describe(signal.aborted ? signal.reason : error));
  }
}

/** @returns why the server does not say that it sent all; undefined: it says so */
async function unfinished(lines: LineSocket): Promise<string | undefined> {
  try {
    await reply(lines, '226 after the file', /^2/);
    return undefined;
  } catch (error) {
    return describe(error);
  }
}
