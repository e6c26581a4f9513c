/** Look-ups on their way, by Node's names for them. */
const LOOK_UPS: readonly string[] = ['GetAddrInfoReqWrap', 'GetNameInfoReqWrap'];

/** For a daemon whose work is done and written: ends the process at once where exit() would
 *  join a thread that waits for a silent name server, ten seconds or more after the pid file is
 *  gone. Node has no other way to end by itself than a signal; SIGTERM is one that systemd takes
 *  for a clean end. Returns when no look-up is under way. */
export function leaveLookUps(): void {
  const waiting = process.getActiveResourcesInfo();
  if (!waiting.some((what) => LOOK_UPS.includes(what))) return;
  endAtOnce();
}

/** The same for a thread that hangs: exit() would join it too, and wait for good. */
export function leaveHungThreads(isHopeless: () => boolean): void {
  process.once('exit', () => {
    if (isHopeless()) endAtOnce();
  });
}

function endAtOnce(): void {
  process.removeAllListeners('SIGTERM');
  process.kill(process.pid, 'SIGTERM');
}
