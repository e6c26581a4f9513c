/** What a reload would change, or did. */
export interface PlannedChange {
  readonly type: 'added' | 'removed' | 'changed';
  readonly service: string;
  /** Null: the service itself. */
  readonly real: string | null;
  /** Of what changed: names as in the file or the ini, values as `configtest --json` prints them; secrets
   *  read `***`. */
  readonly values: readonly {
    readonly name: string;
    readonly old: unknown;
    readonly new: unknown;
  }[];
}
