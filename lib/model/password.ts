import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** Cost of new hashes: 32 MiB and some 0.3 s. Source: OWASP's password storage cheat sheet. */
const NEW = { ln: 15, r: 8, p: 3 } as const;
const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** A hash that asks for more would be a way to fill the memory. */
const MOST_BYTES = 2 ** 28;
const FORM =
  /^scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w-]{22,88})\$([\w-]{43,88})$/;

interface Hash {
  readonly cost: ScryptOptions;
  readonly salt: Buffer;
  readonly key: Buffer;
}

/** What is kept of a password: `scrypt$ln=15,r=8,p=3$SALT$KEY`, both in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const { ln, r, p } = NEW;
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, KEY_BYTES, costOf(ln, r, p));
  const parts = [salt, key].map((bytes) => bytes.toString('base64url'));
  return ['scrypt', `ln=${ln},r=${r},p=${p}`, ...parts].join('$');
}

export function isPasswordHash(text: string): boolean {
  return parse(text) !== undefined;
}

/** Takes as long for a password that is wrong as for one that is right, and runs beside the
 *  event loop.
 *  @param hash  as {@link hashPassword} makes it; undefined: no such user, which is false as slowly */
export async function isPassword(
  password: string,
  hash: string | undefined,
): Promise<boolean> {
  const known = hash === undefined ? undefined : parse(hash);
  const { cost, salt, key } = known ?? NOBODY;
  const derived = await derive(password, salt, key.length, cost);
  return timingSafeEqual(derived, key) && known !== undefined;
}

const NOBODY: Hash = {
  cost: costOf(NEW.ln, NEW.r, NEW.p),
  salt: Buffer.alloc(SALT_BYTES),
  key: Buffer.alloc(KEY_BYTES),
};

function parse(text: string): Hash | undefined {
  const [, ln, r, p, salt = '', key = ''] = FORM.exec(text) ?? [];
  const cost = costOf(Number(ln), Number(r), Number(p));
  const bytes = 128 * (cost.N ?? 0) * Number(r);
  if (!(Number(ln) >= 12 && Number(r) >= 1 && Number(p) >= 1 && bytes <= MOST_BYTES))
    return undefined;
  return {
    cost,
    salt: Buffer.from(salt, 'base64url'),
    key: Buffer.from(key, 'base64url'),
  };
}

function costOf(ln: number, r: number, p: number): ScryptOptions {
  const N = 2 ** ln;
  return { N, r, p, maxmem: 256 * N * r };
}

/** Two ways to type the same letter are the same password (NFKC; RFC 8265, 4.2.2). */
function derive(
  password: string,
  salt: Buffer,
  length: number,
  cost: ScryptOptions,
): Promise<Buffer> {
  return new Promise((resolve, reject) =>
    scrypt(password.normalize('NFKC'), salt, length, cost, (error, key) =>
      error ? reject(error) : resolve(key),
    ),
  );
}
