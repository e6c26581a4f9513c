/** What a service manager says. Source: sd_listen_fds(3). */
const COUNT = 'LISTEN_FDS';
const WHOM = 'LISTEN_PID';
const BESIDES = ['LISTEN_FDNAMES', 'LISTEN_PIDFDID'];
/** What processes of this program say to each other: who starts one does not know its pid yet. */
const MARK = 'L4DIRECTOR_SOCKETS';
/** Behind the three standard streams. */
const FIRST = 3;
const NUMBER = /^\d{1,4}$/;

/** Descriptors of the sockets that whoever started this process has opened for it: a service manager, or a
 *  process of this program. Asked once: what it starts is passed none unless by {@link passOn}. None where
 *  they were meant for another process. */
export function takePassed(
  env: NodeJS.ProcessEnv = process.env,
  pid = process.pid,
): readonly number[] {
  const managers = env[WHOM] === String(pid) ? env[COUNT] : undefined;
  const count = env[MARK] ?? managers ?? '';
  for (const name of [COUNT, WHOM, MARK, ...BESIDES]) delete env[name];
  const length = NUMBER.test(count) ? Number(count) : 0;
  return Array.from({ length }, (_, index) => FIRST + index);
}

/** What has another process of this program take them: the environment that says so. They stand in its
 *  `stdio` behind the standard streams. */
export function passOn(descriptors: readonly number[]): Record<string, string> {
  return descriptors.length === 0 ? {} : { [MARK]: String(descriptors.length) };
}
