export const HELP = `l4heartbeat: one address on one of two hosts, with Heartbeat's files and Heartbeat's protocol

  l4heartbeat                     the node, in the foreground, until SIGTERM
  l4heartbeat -k, stop            everything is given up in order; waits until it has ended
  l4heartbeat -r, reload          reads authkeys again
  l4heartbeat -s                  0 and a line when it runs, else 1
  l4heartbeat status [--json]     this node, the other one, links, and who has what
  l4heartbeat standby [PART]      gives PART to the other node: all, local, foreign, failback
  l4heartbeat takeover [PART]     takes PART from the other node
  l4heartbeat configtest          reads ha.cf, authkeys and haresources, and says what is wrong
  l4heartbeat release             stops what haresources names here; for a daemon that was killed

  --ha-dir DIR       ha.cf, authkeys, haresources, resource.d, rc.d   (/etc/ha.d)
  --state-dir DIR    hb_generation, hb_uuid, fifo                     (/var/lib/heartbeat)
  --run-dir DIR      heartbeat.pid, l4heartbeat.sock                  (/run)
  --scripts-dir DIR  where scripts are, in this order    (DIR of --ha-dir/resource.d, /etc/init.d)
  --name NAME        of this node                        (nodeinfo, or uname -n)
`;
