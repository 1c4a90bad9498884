// SPDX-License-Identifier: Apache-2.0
// Decides whether the factors that a person has shown are still those that the account requires: between a proof and its use, the account may have got another
// password or an authenticator. Pure.

export interface Factors {
  readonly passwordHash: string | null;
  /** Of the authenticator that is confirmed; null: none is asked for. */
  readonly totpSealed: Buffer | null;
}

export function factorsOf(user: {
  readonly password_hash: string | null;
  readonly totp_sealed: Buffer | null;
  readonly totp_enabled_at: Date | null;
}): Factors {
  return {
    passwordHash: user.password_hash,
    totpSealed: user.totp_enabled_at === null ? null : user.totp_sealed,
  };
}

/** An authenticator that was taken away since is not missed. */
export function isEnough(shown: Factors, asked: Factors): boolean {
  if (shown.passwordHash !== asked.passwordHash) return false;
  if (asked.totpSealed === null) return true;
  return shown.totpSealed !== null && shown.totpSealed.equals(asked.totpSealed);
}
