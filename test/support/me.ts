import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';

const SEES = ['/usr/bin/ss', '/bin/ss', '/usr/sbin/ss'].some((path) =>
  existsSync(path),
);

/** How an audit line calls the user who runs the tests; without `ss` nobody is known. */
export const ME = SEES ? `uid ${userInfo().uid} (${userInfo().username})` : 'unknown';
