import { randomUUID } from 'node:crypto';
import { ConflictException, Injectable, ServiceUnavailableException } from '@nestjs/common';
import { PhoneNotVerifiedException, PhoneVerificationService, StorageUnavailableError } from 'nestjs-phone-verify';
import { QueryFailedError } from 'typeorm';
import { Transactions } from './transactions.js';
import { User } from './user.entity.js';

/** What a unique index answers: PostgreSQL, MariaDB, SQLite. */
const DUPLICATE = new Set(['23505', 'ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_UNIQUE']);

@Injectable()
export class UsersService {
  constructor(
    private readonly phones: PhoneVerificationService,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Creates an account with the number that a proof proves. The proof is consumed in the same transaction: when the
   * username or the number is taken, it rolls back and the proof can be shown again.
   */
  async signUp(username: string, verificationToken: string): Promise<User> {
    try {
      return await this.transactions.run(async (manager) => {
        const phone = await this.phones.consumeVerifiedPhone(verificationToken, { manager });
        if (phone === null) throw new PhoneNotVerifiedException();
        const user = { id: randomUUID(), username, phoneNumber: phone.phoneNumber };
        await manager.insert(User, user);
        return user;
      });
    } catch (error) {
      if (error instanceof QueryFailedError && DUPLICATE.has(codeOf(error))) {
        throw new ConflictException('This username or number has an account already.');
      }
      if (error instanceof StorageUnavailableError) throw new ServiceUnavailableException();
      throw error;
    }
  }
}

function codeOf({ driverError }: QueryFailedError): string {
  return 'code' in driverError ? String(driverError.code) : '';
}
