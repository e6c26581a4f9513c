/** Facilities of syslog(3), in the words that logger(1) takes. */
export const FACILITIES: readonly string[] =
  'auth authpriv cron daemon ftp kern local0 local1 local2 local3 local4 local5 local6 local7 lpr mail news syslog user uucp'.split(
    ' ',
  );

/** The facility that a text names: case and a leading `LOG_` do not count, as in Perl's
 *  Sys::Syslog; undefined when it names none. */
export function facilityNamed(text: string): string | undefined {
  const name = text.toLowerCase().replace(/^log_/, '');
  return FACILITIES.includes(name) ? name : undefined;
}
