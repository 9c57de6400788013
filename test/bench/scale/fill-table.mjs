// Fills the table with sessions, in SQL.
import { DataSource } from 'typeorm';

const DAY_MS = 86_400_000;
const BATCH = 500_000;

/** The numbers from 1 to a parameter, and what the rows are made of. */
const DIALECTS = {
  postgres: {
    series: 'generate_series($1::bigint, $2::bigint) AS series(n)',
    id: 'gen_random_uuid()::text',
    hash: "encode(sha256(n::text::bytea), 'hex')",
    text: (expression) => `(${expression})::text`,
    finish: ['VACUUM ANALYZE sms_verification', 'CHECKPOINT'],
  },
  mariadb: {
    series: '(SELECT seq AS n FROM seq_1_to_1000000000 WHERE seq BETWEEN ? AND ?) AS series',
    id: 'UUID()',
    hash: 'SHA2(n, 256)',
    text: (expression) => expression,
    finish: ['ANALYZE TABLE sms_verification'],
  },
};

/**
 * Inserts sessions that were not verified. A tenth of them belong to a thousand numbers.
 *
 * @param minAgeDays - Age of the youngest.
 * @param maxAgeDays - Age of the oldest.
 */
export async function fillTable({ kind }, { options }, { count, minAgeDays = 0.1, maxAgeDays }) {
  const dialect = DIALECTS[kind];
  if (dialect === undefined) throw new Error(`${kind} cannot be filled: use ${Object.keys(DIALECTS).join(' or ')}`);
  const dataSource = await new DataSource(options).initialize();
  try {
    for (let first = 1; first <= count; first += BATCH) {
      const last = Math.min(count, first + BATCH - 1);
      await dataSource.query(insertText(dialect, { count, minAgeDays, maxAgeDays }), [first, last]);
    }
    for (const statement of count > 0 ? dialect.finish : []) await dataSource.query(statement);
  } finally {
    await dataSource.destroy();
  }
}

function insertText({ series, id, hash, text }, { count, minAgeDays, maxAgeDays }) {
  const oldest = Math.floor(Date.now() - maxAgeDays * DAY_MS);
  const step = ((maxAgeDays - minAgeDays) * DAY_MS) / count;
  const createdAt = `${oldest} + FLOOR(n * ${step})`;
  const number = `CASE WHEN MOD(n, 10) = 0 THEN ${text('447400000000 + MOD(n, 10000)')} ELSE ${text('447500000000 + n')} END`;
  return `INSERT INTO sms_verification (id, phone_number, purpose, security_code, sealed_code, session_token, is_verified,
    failed_attempts, send_count, last_sent_at, backend, expires_at, created_at, modified_at)
    SELECT ${id}, CONCAT('+', ${number}), '', CONCAT('1.', ${hash}), CONCAT('1.', ${hash}, '0123456789abcdef'), ${hash},
    0, 0, 1, ${createdAt}, 'IdleBackend', ${createdAt} + 600000, ${createdAt}, ${createdAt} FROM ${series}`;
}
