/** The part of an HTTP answer before its body. */
export interface HttpHead {
  readonly status: number;
  /** "OK", as the server words it; not sanitised. */
  readonly reason: string;
  /** Names in lower case; the values of a repeated one in their order. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** Where the body begins in the bytes that were parsed. */
  readonly length: number;
}

/** Reads the head from all bytes received so far, latin1-decoded.
 *  @param ended  nothing more will come: what is there is taken as it is
 *  @returns      undefined while it is incomplete. Without an HTTP status line: 200, and all
 *                of it is body, as libwww-perl reads HTTP/0.9 and other words */
export function parseHead(text: string, ended: boolean): HttpHead | undefined {
  const lineEnd = text.indexOf('\n');
  if (lineEnd < 0 && !ended) return undefined;
  const status = statusLine(lineEnd < 0 ? text : text.slice(0, lineEnd));
  if (status === undefined)
    return { status: 200, reason: 'Assumed OK', headers: new Map(), length: 0 };
  const end = /\n\r?\n/.exec(text);
  if (end === null && !ended) return undefined;
  const length = end === null ? text.length : end.index + end[0].length;
  const headers = fields(lineEnd < 0 ? '' : text.slice(lineEnd + 1, length));
  return { ...status, headers, length };
}

function statusLine(line: string) {
  const [version = '', code = '', ...reason] = line.trimEnd().split(/\s+/);
  if (!version.startsWith('HTTP/') || !/^[1-5]\d\d$/.test(code)) return undefined;
  return { status: Number(code), reason: reason.join(' ') };
}

function fields(text: string): HttpHead['headers'] {
  const headers = new Map<string, string[]>();
  for (const line of text.split(/\r?\n/)) {
    const [, name, value] = /^([^\s:]+)[ \t]*:(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    const key = name.toLowerCase();
    const values = headers.get(key) ?? [];
    values.push(value.trim());
    headers.set(key, values);
  }
  return headers;
}
