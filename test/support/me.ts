import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';

const SEES = ['/usr/bin/ss', '/bin/ss', '/usr/sbin/ss'].some((path) =>
  existsSync(path),
);

/** How an audit line calls the user who runs the tests; without `ss` nobody is known. */
export const ME = SEES ? `uid ${process.getuid?.()}${name()}` : 'unknown';

/** Nothing for a uid that no user has, as in a container. */
function name(): string {
  try {
    return ` (${userInfo().username})`;
  } catch {
    return '';
  }
}
