import { createHash, randomBytes } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager, LessThanOrEqual, MoreThan } from 'typeorm';
import { Transactions } from '../transactions.js';
import { User } from '../users/user.entity.js';
import { Session } from './session.entity.js';

/** How long a browser stays signed in. */
export const SESSION_DAYS = 7;

/** The signed-in browsers. A browser has a random token in its cookie, and the table has its hash. */
@Injectable()
export class SessionsService implements OnApplicationBootstrap {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
  ) {}

  /** Deletes expired sessions when the application starts. */
  async onApplicationBootstrap(): Promise<void> {
    await this.dataSource.manager.delete(Session, { expiresAt: LessThanOrEqual(new Date()) });
  }

  /** Signs a user in, in the transaction that identified the user, and returns the token for the cookie. */
  async open(manager: EntityManager, userId: string): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    const expiresAt = new Date(Date.now() + SESSION_DAYS * 86_400_000);
    await manager.insert(Session, { tokenHash: hash(token), userId, expiresAt });
    return token;
  }

  /** The user of a token; `null` if it is unknown or expired. */
  async findUser(token: string): Promise<User | null> {
    const { manager } = this.dataSource;
    const session = await manager.findOneBy(Session, { tokenHash: hash(token), expiresAt: MoreThan(new Date()) });
    return session && manager.findOneBy(User, { id: session.userId });
  }

  /** Signs all browsers of a user out, in the caller's transaction. */
  async closeAll(manager: EntityManager, userId: string): Promise<void> {
    await manager.delete(Session, { userId });
  }

  /** Signs a browser out. */
  async close(token: string): Promise<void> {
    await this.transactions.run(async (manager) => manager.delete(Session, { tokenHash: hash(token) }));
  }
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
