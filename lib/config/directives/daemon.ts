import { didYouMean } from '../../model/nearest.ts';
import { FACILITIES, facilityNamed } from '../../model/syslog.ts';
import { quoted, rest, type ValueParser, yesno } from '../values.ts';
import type { Directive } from './directive.ts';

/** A path, or anything else for a facility. */
const logfile: ValueParser<string> = (value, note) => {
  const what = 'a path or a syslog facility';
  const place = quoted(what, '/var/log/ldirectord.log', { empty: true })(value, note);
  if (!place.startsWith('/') && facilityNamed(place) === undefined)
    note(`there is no syslog facility "${place}"${didYouMean(place, FACILITIES)}`);
  return place;
};

/** The process as a whole. */
export const DAEMON = {
  autoreload: {
    scope: 'global',
    syntax: 'yes | no',
    parse: yesno,
    default: 'no',
    doc: 'Read the file again when it has changed on disk.',
  },
  callback: {
    scope: 'global',
    syntax: '"<path>"',
    parse: quoted('a program', '/usr/local/bin/sync-config', { empty: true }),
    default: 'none',
    doc: 'Program that is run with the path of the config after the file has changed.',
  },
  logfile: {
    scope: 'global',
    syntax: '"<path>" | "<syslog facility>"',
    parse: logfile,
    default: '"/var/log/ldirectord.log"',
    doc: 'File for log lines (a path starts with /), or the syslog facility they go to.',
  },
  execute: {
    scope: 'global',
    syntax: '<config>',
    parse: rest('a configuration file', 'other.cf', { empty: true }),
    default: 'none',
    repeats: true,
    doc: 'Starts and stops another instance with that config along with this one.',
  },
  fork: {
    scope: 'global',
    syntax: 'yes | no',
    parse: yesno,
    default: 'no',
    doc: 'In ldirectord a child for each service. Here checks never wait for each other; it makes the checkinterval of sections count.',
  },
  supervised: {
    scope: 'global',
    syntax: 'yes | no',
    parse: yesno,
    default: 'no',
    bare: {
      value: true,
      warning:
        'write "supervised = yes": the bare word is taken as yes, and is deprecated',
    },
    doc: 'Stay in the foreground and log to standard output.',
  },
  maintenancedir: {
    scope: 'global',
    syntax: '<directory>',
    parse: rest('a directory', '/etc/ha.d/maintenance'),
    default: 'none',
    doc: 'A file there named after a real server takes it out of service.',
  },
  readdquiescent: {
    scope: 'global',
    syntax: 'yes | no',
    parse: yesno,
    default: 'no',
    doc: 'Whether a server that is down at start is entered with weight 0.',
  },
  quiescent: {
    scope: 'both',
    syntax: 'yes | no',
    parse: yesno,
    default: 'no',
    doc: 'A server that is down gets weight 0 and keeps its connections, instead of being removed.',
  },
  cleanstop: {
    scope: 'both',
    syntax: 'yes | no',
    parse: yesno,
    default: 'yes',
    doc: 'Whether the services end with the daemon.',
  },
} as const satisfies Record<string, Directive<unknown>>;
