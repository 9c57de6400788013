// The two statements of the floor, written by hand for each database.
import type { DataSource } from 'typeorm';

interface NewRow {
  readonly id: string;
  readonly phoneNumber: string;
  readonly securityCode: string;
  readonly sealedCode: string;
  readonly sessionToken: string;
  readonly expiresAt: number;
  readonly now: number;
}

interface TypedCode {
  readonly phoneNumber: string;
  readonly securityCode: string;
  readonly sessionToken: string;
  readonly verificationToken: string;
  readonly now: number;
}

const MAX_FAILED_ATTEMPTS = 5;

/** What MariaDB's statement returns as its insert id for a correct code. */
const CORRECT_CODE = 1000;

const INSERT = `INSERT INTO sms_verification (id, phone_number, purpose, security_code, sealed_code, session_token,
  is_verified, failed_attempts, send_count, last_sent_at, backend, expires_at, created_at, modified_at)
  VALUES (?, ?, '', ?, ?, ?, 0, 0, 1, ?, 'floor', ?, ?, ?)`;

const CHECK_CONDITIONS = `session_token = ? AND phone_number = ? AND purpose = '' AND failed_attempts < ?
  AND expires_at > ? AND verified_at IS NULL`;

const CHECK = `UPDATE sms_verification SET
  verification_token = CASE WHEN security_code = ? THEN ? ELSE verification_token END,
  is_verified = CASE WHEN security_code = ? THEN 1 ELSE is_verified END,
  modified_at = ?,
  failed_attempts = CASE WHEN security_code = ? THEN 0 ELSE failed_attempts + 1 END,
  verified_at = CASE WHEN security_code = ? THEN ? ELSE verified_at END
  WHERE ${CHECK_CONDITIONS} RETURNING failed_attempts`;

/** MariaDB has no `UPDATE … RETURNING`: the outcome is the insert id. */
const CHECK_ON_MARIADB = CHECK.replace(
  'THEN 0 ELSE failed_attempts + 1 END',
  `THEN LAST_INSERT_ID(${CORRECT_CODE}) * 0 ELSE LAST_INSERT_ID(failed_attempts + 1) END`,
).replace('RETURNING failed_attempts', '');

export class FloorStatements {
  readonly #type: string;
  readonly #insert: string;
  readonly #check: string;

  constructor(private readonly dataSource: DataSource) {
    this.#type = dataSource.options.type;
    const check = this.#type === 'mariadb' ? CHECK_ON_MARIADB : CHECK;
    this.#insert = this.#type === 'postgres' ? numberParameters(INSERT) : INSERT;
    this.#check = this.#type === 'postgres' ? numberParameters(check) : check;
  }

  async insert({ id, phoneNumber, securityCode, sealedCode, sessionToken, expiresAt, now }: NewRow): Promise<void> {
    const parameters = [id, phoneNumber, securityCode, sealedCode, sessionToken, now, expiresAt, now, now];
    await this.dataSource.query(this.#insert, parameters);
  }

  /** Whether the code was correct. */
  async check({ phoneNumber, securityCode, sessionToken, verificationToken, now }: TypedCode): Promise<boolean> {
    const assigned = [securityCode, verificationToken, securityCode, now, securityCode, securityCode, now];
    const conditions = [sessionToken, phoneNumber, MAX_FAILED_ATTEMPTS, now];
    const result = await this.dataSource.query(this.#check, [...assigned, ...conditions]);
    if (this.#type === 'mariadb') return result.insertId === CORRECT_CODE;
    const [row] = this.#type === 'postgres' ? result[0] : result;
    return row?.failed_attempts === 0;
  }
}

/** PostgreSQL's parameters have numbers. */
function numberParameters(sql: string): string {
  let count = 0;
  return sql.replaceAll('?', () => `$${++count}`);
}
