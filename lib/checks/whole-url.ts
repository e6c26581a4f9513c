/** Who asks, by the URL that is asked for; bytes, each one character (latin1), escapes undone. */
export interface UrlLogin {
  readonly user: string;
  readonly password: string;
}

/** A byte, as one character (latin1), as URLs escape it: `%FC`. */
export function escapeByte(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/** A request that is a whole URL, apart from the `/` that it may begin with; undefined: it is
 *  none. A backslash is no slash, but escaped, as by libwww-perl. */
export function wholeUrl(request: string): URL | undefined {
  const text = request.replace(/^\//, '').replace(/[\\\x80-\xff]/g, escapeByte);
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** The user and the password in a URL; undefined: it has neither. */
export function urlLogin({ username, password }: URL): UrlLogin | undefined {
  if (username === '' && password === '') return undefined;
  return { user: unescaped(username), password: unescaped(password) };
}

/** Not decodeURIComponent(): a password may be no UTF-8, and hold a lone `%`. */
function unescaped(text: string): string {
  return text.replace(/%([\da-f]{2})/gi, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
