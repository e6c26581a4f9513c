/** Longest name that DNS has, without the dot at its end. */
const LONGEST = 253;
const NAME = /^[a-z\d_-]{1,63}(?:\.[a-z\d_-]{1,63})*$/;

/** A host's name as it is compared: in lower case, without a dot at its end; names beyond ASCII as A-labels
 *  (`xn--mnchen-3ya.de`). Source: RFC 1034, 3.1; RFC 6066, 3.
 *  @returns undefined: it is none */
export function hostName(text: string): string | undefined {
  if (text.length > LONGEST + 1) return undefined;
  const name = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase();
  return name.length <= LONGEST && NAME.test(name) ? name : undefined;
}

/** What stands for any one label in front of a name. */
const ANY = '*.';

/** The same for what may be `*.example.org`. */
export function hostPattern(text: string): string | undefined {
  if (!text.startsWith(ANY)) return hostName(text);
  const rest = hostName(text.slice(ANY.length));
  return rest === undefined ? undefined : ANY + rest;
}

/** The only pattern with a `*` that the name fits; undefined: there is none, as it has one label.
 *  @param name  of {@link hostName} */
export function wildcardOf(name: string): string | undefined {
  const dot = name.indexOf('.');
  return dot < 0 ? undefined : `*${name.slice(dot)}`;
}
