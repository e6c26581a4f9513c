/** A mail as a server got it. */
export interface ReceivedMail {
  /** Envelope, without angle brackets. */
  readonly from: string;
  readonly to: readonly string[];
  /** Header fields by their names in lower case, unfolded. */
  readonly headers: ReadonlyMap<string, string>;
  /** Without the blank lines at its end. */
  readonly body: string;
}

/** Reads what `smtp-sink -D` wrote. */
export function readDump(text: string): readonly ReceivedMail[] {
  return text
    .split(/^(?=X-Client-Addr: )/m)
    .filter((part) => /\n\n/.test(part))
    .map((part) => {
      const lines = part.split('\n');
      const values = (name: string) =>
        lines.flatMap((line) => new RegExp(`^${name}: <(.*)>`).exec(line)?.[1] ?? []);
      const [from = ''] = values('X-Mail-Args');
      return { ...readMessage(part), from, to: values('X-Rcpt-Args') };
    });
}

/** Reads header and body. */
export function readMessage(text: string): Pick<ReceivedMail, 'headers' | 'body'> {
  const [, header = '', body = ''] = /^(.*?)\n\n(.*)$/s.exec(text) ?? [];
  const fields = header.replace(/\n[ \t]+/g, ' ').split('\n');
  const headers = new Map(
    fields.map((field) => {
      const at = field.indexOf(':');
      return [field.slice(0, at).toLowerCase(), field.slice(at + 1).trim()] as const;
    }),
  );
  return { headers, body: body.trimEnd() };
}
