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

/** Error codes of a violated unique index on PostgreSQL, MariaDB and SQLite. */
const UNIQUE_VIOLATIONS = new Set(['23505', 'ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_UNIQUE']);

/** A user, and the token for the cookie of the browser that has signed in. */
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

  /** Throws if an account has this username. */
  async requireFree(username: string): Promise<void> {
    const isTaken = await this.#inTransaction((manager) => manager.existsBy(User, { username }));
    if (isTaken) throw usernameTaken();
  }

  /**
   * Creates an account with a verified number. The verification token is consumed in the same transaction: if the
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

  /** Signs in to the account of a verified number. If there is none, the token is not consumed. */
  async signIn(verificationToken: string): Promise<SignedIn> {
    return this.#inTransaction(async (manager) => {
      const { phoneNumber } = await this.#consume(manager, verificationToken, '');
      // Locks the row, so that a change of the number runs before this, or after it and then signs this browser out. Only
      // the count is current: on MariaDB the read that follows sees the state at the beginning of the transaction.
      const { affected } = await manager.update(User, { phoneNumber }, { phoneNumber });
      const user = await manager.findOneBy(User, { phoneNumber });
      if (affected !== 1 || user === null) throw noAccount();
      return { user, sessionToken: await this.sessions.open(manager, user.id) };
    });
  }

  /**
   * Changes the number of an account. The current number has to confirm it, because a signed-in browser is not always
   * in the hands of the account's owner. Signs every browser out, and returns a new session token for this one.
   *
   * @param currentToken - Verification token of the current number, with the purpose {@link CHANGE_PHONE}.
   * @param newToken - Verification token of the new number, with the purpose {@link NEW_PHONE}.
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

  /** Runs work in a transaction and turns database errors into responses. */
  async #inTransaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await this.transactions.run(work);
    } catch (error) {
      if (error instanceof QueryFailedError && UNIQUE_VIOLATIONS.has(codeOf(error))) throw takenError(error);
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

/** On every database, the message ends with the name of the index or column. */
function takenError({ message }: QueryFailedError): HttpException {
  return /phone_number["']?$/.test(message) ? phoneNumberTaken() : usernameTaken();
}

function codeOf({ driverError }: QueryFailedError): string {
  return 'code' in driverError ? String(driverError.code) : '';
}
