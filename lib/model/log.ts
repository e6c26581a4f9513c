/** Where lines for the operator go. The message is the whole line in ldirectord's shape; details
 *  may follow it in parentheses. Details given as fields go to JSON logs only. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
