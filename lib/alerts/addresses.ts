/** One mailbox: `"Alerts" <alerts@example.com>`, `root`. */
export interface Mailbox {
  /** '' for none. */
  readonly name: string;
  /** What the envelope carries; it may lack a domain. */
  readonly address: string;
}

/** The parts between commas; one in quotes or angle brackets does not separate. */
const PARTS = /(?:"(?:\\.|[^"\\])*"|<[^>]*>|[^,])+/g;
const WITH_NAME = /^(.*?)<([^<>]*)>$/s;

/** Reads `a@example.com, "B, C" <b@example.com>, root`. What has no address is left out. */
export function mailboxes(text: string): readonly Mailbox[] {
  return [...text.matchAll(PARTS)].flatMap(([part]) => {
    const [, name = '', inside] = WITH_NAME.exec(part.trim()) ?? [];
    const address = (inside ?? part).trim();
    return address === '' || /\s/.test(address)
      ? []
      : [{ name: unquoted(name), address }];
  });
}

function unquoted(name: string): string {
  const bare = name.trim();
  const quoted = /^"(.*)"$/s.exec(bare)?.[1];
  return quoted === undefined ? bare : quoted.replace(/\\(.)/gs, '$1');
}
