/** What the manual says of an action beyond its line in the help. */
export const DETAILS = {
  drain:
    'Persistent clients may come back to it until the time of --within is over; then what is left is ended. Progress goes to standard error. Ctrl-C ends the wait only: the server stays in drain, and its deadline stays.',
  enable:
    'Takes back drain and disable. A weight that was set stays: `weight REAL file` gives that back.',
  disable:
    'It has no part in the traffic whatever its checks say, as if a file in maintenancedir named it.',
  events:
    'Without -f all that the director keeps, 1,000 at most; with it the last ten and those that come, until Ctrl-C; a director that is restarted is followed again. With --json an object a line.',
  ready:
    'For keepalived, Pacemaker and their like; it reads no config. A service that waits for its address counts as if it had it, so that a standby is ready. Not ready: no answer within --timeout, or no virtual service that anybody carries, be it a fallback. With director: only that it answers and works.',
  role: 'A director that was never told is active. The role outlives it; a standby works as the active one does. At a change role-command of [daemon] is run, and waited for; where it fails the exit code is 1, the role is taken all the same, and the same role told again runs it again.',
  completion:
    'As in `source <(l4director completion bash)`. With words it prints what could stand in the place of the last one, as those scripts ask.',
  top: 'Looks every second. Arrows move, d drains, e enables, m takes out for maintenance, + and - change the weight, c sorts, / filters, ? tells of all keys, q ends it. Every change asks once.',
  wait: 'Without a name all services are waited for. Ready: checked at least once. Up: it takes part in the traffic. Down: it does not. Empty: it has no connection. A director that does not answer yet is waited for too.',
} as const;
