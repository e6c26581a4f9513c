/** What is known of a question that name servers are asked for `reals-from`. */
export interface NameStatus {
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'SRV';
  /** In force: addresses, or `web1.example.com:8080 priority 10 weight 5`. */
  readonly records: readonly string[];
  /** Those of them that the last answer did not name, which stay for `hold`. */
  readonly missing: readonly string[];
  /** When the last answer came that counts; null: none ever did. */
  readonly answeredAt: string | null;
  /** Seconds until it is asked again; 0: it is being asked. */
  readonly nextSeconds: number;
  /** Questions that were answered, and that were not, since the start. */
  readonly answers: number;
  readonly failures: number;
  /** Why there are none, or the last ones are kept; null: all is well. */
  readonly problem: string | null;
}

/** What a question was answered the last time, as one run of a director leaves it to the next. */
export interface LeftAnswer {
  readonly name: string;
  readonly type: NameStatus['type'];
  readonly records: readonly LeftRecord[];
  /** Milliseconds since 1970. */
  readonly answeredAt: number;
}

/** An address, or an SRV record. */
export type LeftRecord =
  | { readonly address: string }
  | {
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly target: string;
    };
