import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const LISTEN = '0A';

/** Addresses on which a process listens for TCP: `127.0.0.1:80`, those of IPv6 as the kernel's table has
 *  them. */
export function listeners(pid: number): string[] {
  const held = new Set(
    readdirSync(`/proc/${pid}/fd`).map((fd) => target(`/proc/${pid}/fd/${fd}`)),
  );
  const rows = ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8').split('\n').slice(1),
  );
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter((row) => row[3] === LISTEN && held.has(`socket:[${row[9]}]`))
    .map((row) => readable(row[1] ?? ''));
}

/** The kernel writes the four bytes of an IPv4 address as one number, of this machine's order. */
function readable(hex: string): string {
  const [address = '', port = ''] = hex.split(':');
  if (address.length !== 8) return hex;
  const bytes = [...Buffer.from(address, 'hex')].reverse();
  return `${bytes.join('.')}:${Number.parseInt(port, 16)}`;
}

function target(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return ''; // closed meanwhile
  }
}
