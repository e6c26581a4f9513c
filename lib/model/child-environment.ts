/** What a service manager says to the director alone. A child that has it could speak in its name, or take
 *  its sockets for its own. Source: sd_notify(3), sd_listen_fds(3), systemd.exec(5). */
const MANAGERS = [
  'NOTIFY_SOCKET',
  'WATCHDOG_USEC',
  'WATCHDOG_PID',
  'LISTEN_FDS',
  'LISTEN_PID',
  'LISTEN_FDNAMES',
  'FDSTORE',
  'MAINPID',
  'JOURNAL_STREAM',
  'CREDENTIALS_DIRECTORY',
];
/** What is for this Node, and not for one that a script may run. */
const NODES = [
  'NODE_OPTIONS',
  'NODE_CHANNEL_FD',
  'NODE_CHANNEL_SERIALIZATION_MODE',
  'NODE_UNIQUE_ID',
];
/** Of what directors tell each other. */
const OURS = /^L4DIRECTOR_/;

/** The environment of a program that the director starts and that is no director: this process's own, as
 *  ldirectord's scripts know it, without what is for the director alone. */
export function childEnvironment(own = process.env): NodeJS.ProcessEnv {
  const hidden = new Set([...MANAGERS, ...NODES]);
  return Object.fromEntries(
    Object.entries(own).filter(([name]) => !hidden.has(name) && !OURS.test(name)),
  );
}
