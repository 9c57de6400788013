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
import { CHANGE_PHONE } from './change-phone.js';
import { User } from './user.entity.js';
import { noAccount, phoneNumberTaken, usernameTaken } from './users.errors.js';

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
   * Creates an account with the number that a proof proves. The proof is consumed in the same transaction: when the
   * username or the number is taken, it rolls back and the proof can be shown again.
   */
  async signUp(username: string, verificationToken: string): Promise<SignedIn> {
    return this.#withProof(verificationToken, '', async (manager, { phoneNumber, verifiedAt }) => {
      if (await manager.existsBy(User, { phoneNumber })) throw phoneNumberTaken();
      const user = { id: randomUUID(), username, phoneNumber, phoneVerifiedAt: verifiedAt };
      await manager.insert(User, user);
      return { user, sessionToken: await this.sessions.open(manager, user.id) };
    });
  }

  /** Signs in to the account of the number that a proof proves; when there is none, the proof is not spent either. */
  async signIn(verificationToken: string): Promise<SignedIn> {
    return this.#withProof(verificationToken, '', async (manager, { phoneNumber }) => {
      const user = await manager.findOneBy(User, { phoneNumber });
      if (user === null) throw noAccount();
      return { user, sessionToken: await this.sessions.open(manager, user.id) };
    });
  }

  /** Gives an account another number. A proof of it that was made to sign in does not do: a code serves what it says. */
  async changePhone(id: string, verificationToken: string): Promise<void> {
    await this.#withProof(verificationToken, CHANGE_PHONE, async (manager, { phoneNumber, verifiedAt }) => {
      await manager.update(User, { id }, { phoneNumber, phoneVerifiedAt: verifiedAt });
    });
  }

  async #withProof<T>(
    verificationToken: string,
    purpose: string,
    work: (manager: EntityManager, phone: VerifiedPhone) => Promise<T>,
  ): Promise<T> {
    try {
      return await this.transactions.run(async (manager) => {
        const phone = await this.phones.consumeVerifiedPhone(verificationToken, { manager, purpose });
        if (phone === null) throw new PhoneNotVerifiedException();
        return work(manager, phone);
      });
    } catch (error) {
      if (error instanceof QueryFailedError && DUPLICATE.has(codeOf(error))) throw taken(error);
      if (error instanceof StorageUnavailableError) throw new ServiceUnavailableException();
      throw error;
    }
  }
}

/** Each database ends its message with the index or the column. */
function taken({ message }: QueryFailedError): HttpException {
  return /phone_number["']?$/.test(message) ? phoneNumberTaken() : usernameTaken();
}

function codeOf({ driverError }: QueryFailedError): string {
  return 'code' in driverError ? String(driverError.code) : '';
}
