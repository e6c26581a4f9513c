/** One virtual service in a list of ipvsadm's, whatever the columns. */
export interface Listed {
  /** What stands behind the service's name. */
  readonly words: readonly string[];
  /** What stands behind each real server's `ADDRESS:PORT`. */
  readonly reals: ReadonlyMap<string, readonly string[]>;
}

/** By `TCP 10.1.1.19:80`, `UDP [2001:db8::1]:53`, `FWM 5` or `FWM 5 IPv6`. */
export type Listing = ReadonlyMap<string, Listed>;

/** Title, and a line of column names each for services and real servers. */
const HEADER_LINES = 3;

/** Reads any list of `ipvsadm -L -n`; lines that it does not know are left out.
 *  Source: ipvsadm(8), observed with 1.31. */
export function readListing(text: string): Listing {
  const listing = new Map<string, Listed>();
  let reals = new Map<string, readonly string[]>();
  for (const line of text.split('\n').slice(HEADER_LINES)) {
    const words = line.trim().split(/ +/);
    const [first = '', second = ''] = words;
    if (first === '->') reals.set(second, words.slice(2));
    else if (second !== '') {
      const length = first === 'FWM' && words[2] === 'IPv6' ? 3 : 2;
      reals = new Map();
      listing.set(words.slice(0, length).join(' '), {
        words: words.slice(length),
        reals,
      });
    }
  }
  return listing;
}
