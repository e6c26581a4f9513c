/** What a director of a pair may be. One that nobody has told is active: it is alone. */
export const ROLES = ['active', 'standby'] as const;

export type Role = (typeof ROLES)[number];

/** What it is, and who said so when: ISO 8601 in UTC; null: nobody has. */
export interface RoleStatus {
  readonly role: Role;
  readonly by: string | null;
  readonly since: string | null;
}

/** What came of a wish for a role. */
export interface RoleTaken extends RoleStatus {
  readonly before: Role;
  /** Why `role-command` failed, or the role would not outlive the director; null: all went well. */
  readonly problem: string | null;
}
