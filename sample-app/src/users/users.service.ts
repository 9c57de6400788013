import { randomUUID } from 'node:crypto';
import { type HttpException, Injectable, ServiceUnavailableException } from '@nestjs/common';
import {
  PhoneNotVerifiedException,
  PhoneVerificationService,
  StorageUnavailableError,
  type VerifiedPhone,
} from 'nestjs-phone-verify';
import { type EntityManager, QueryFailedError } from 'typeorm';
import { SessionsService } from '../sessions/sessions.service.js';
import { Transactions } from '../transactions.js';
import { CHANGE_PHONE, NEW_PHONE } from './purposes.js';
import { User } from './user.entity.js';
import { currentNumberNotVerified, noAccount, phoneNumberTaken, usernameTaken } from './users.errors.js';

/** What a unique index answers: PostgreSQL, MariaDB, SQLite. */
const DUPLICATE = new Set(['23505', 'ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_UNIQUE']);

/** A user, and the token for the cookie of the browser that is signed in. */
export interface SignedIn {
  readonly user: User;
  readonly sessionToken: string;
}

@Injectable()
export class UsersService {
  constructor(
    private readonly phones: PhoneVerificationService,
    private readonly transactions: Transactions,
    private readonly sessions: SessionsService,
  ) {}

  /**
   * Creates an account with a verified number. The verification token is consumed in the same transaction: when the
   * username or the number is taken, it rolls back and the token can be used again.
   */
  async signUp(username: string, verificationToken: string): Promise<SignedIn> {
    return this.#inTransaction(async (manager) => {
      const { phoneNumber, verifiedAt } = await this.#consume(manager, verificationToken, '');
      if (await manager.existsBy(User, { phoneNumber })) throw phoneNumberTaken();
      const user = { id: randomUUID(), username, phoneNumber, phoneVerifiedAt: verifiedAt };
      await manager.insert(User, user);
      return { user, sessionToken: await this.sessions.open(manager, user.id) };
    });
  }

  /** Signs in to the account of a verified number; when there is none, the token is not consumed either. */
  async signIn(verificationToken: string): Promise<SignedIn> {
    return this.#inTransaction(async (manager) => {
      const { phoneNumber } = await this.#consume(manager, verificationToken, '');
      // Locks the row: a change of the number comes before this, or after it and signs this browser out. Only the count
      // is up to date: on MariaDB the read that follows sees what was there when the transaction began.
      const { affected } = await manager.update(User, { phoneNumber }, { phoneNumber });
      const user = await manager.findOneBy(User, { phoneNumber });
      if (affected !== 1 || user === null) throw noAccount();
      return { user, sessionToken: await this.sessions.open(manager, user.id) };
    });
  }

  /**
   * Gives an account another number. The number that it has must agree, because whoever uses an open session is not
   * always the account's owner. Signs every browser out and returns a new session token for the one that asked.
   *
   * @param currentToken - Of the number that the account has, for {@link CHANGE_PHONE}.
   * @param newToken - Of the number that it is to have, for {@link NEW_PHONE}.
   */
  async changePhone(id: string, currentToken: string, newToken: string): Promise<string> {
    return this.#inTransaction(async (manager) => {
      const current = await this.#consume(manager, currentToken, CHANGE_PHONE);
      const { phoneNumber, verifiedAt } = await this.#consume(manager, newToken, NEW_PHONE);
      const account = { id, phoneNumber: current.phoneNumber };
      const { affected } = await manager.update(User, account, { phoneNumber, phoneVerifiedAt: verifiedAt });
      if (affected !== 1) throw currentNumberNotVerified();
      await this.sessions.closeAll(manager, id);
      return this.sessions.open(manager, id);
    });
  }

  /** Runs work in a transaction; what the database refuses becomes a response. */
  async #inTransaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await this.transactions.run(work);
    } catch (error) {
      if (error instanceof QueryFailedError && DUPLICATE.has(codeOf(error))) throw taken(error);
      if (error instanceof StorageUnavailableError) throw new ServiceUnavailableException();
      throw error;
    }
  }

  async #consume(manager: EntityManager, verificationToken: string, purpose: string): Promise<VerifiedPhone> {
    const phone = await this.phones.consumeVerifiedPhone(verificationToken, { manager, purpose });
    if (phone === null) throw new PhoneNotVerifiedException();
    return phone;
  }
}

/** Each database ends its message with the index or the column. */
function taken({ message }: QueryFailedError): HttpException {
  return /phone_number["']?$/.test(message) ? phoneNumberTaken() : usernameTaken();
}

function codeOf({ driverError }: QueryFailedError): string {
  return 'code' in driverError ? String(driverError.code) : '';
}
