// The floor: the least that register and check can cost on this stack. A Nest application with the same table, validation,
// number parsing, cryptography and responses as the library, one statement for each request, and nothing else: no limits,
// backend, events, time limits, retries or redaction.
import { createCipheriv, createHmac, hash, hkdfSync, randomBytes, randomInt, randomUUID } from 'node:crypto';
import { BadRequestException, Body, Controller, Header, HttpCode, Inject, Module, Post } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Expose, plainToInstance } from 'class-transformer';
import { IsDefined, IsString, MaxLength, validateSync } from 'class-validator';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { phoneVerifyMigrations } from 'nestjs-phone-verify';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { FloorStatements } from './floor-statements.js';

const EXPIRES_IN_SECONDS = 600;
const RESEND_IN_SECONDS = 30;
const CODE_LENGTH = 6;

class RegisterBody {
  @Expose()
  @IsDefined()
  @IsString()
  @MaxLength(32)
  phone_number = '';
}

class VerifyBody {
  @Expose()
  @IsDefined()
  @IsString()
  @MaxLength(32)
  phone_number = '';

  @Expose()
  @IsDefined()
  @IsString()
  @MaxLength(64)
  session_token = '';

  @Expose()
  @IsDefined()
  @IsString()
  @MaxLength(64)
  security_code = '';
}

/** The codes of the numbers that were sent one. */
export const sentCodes = new Map<string, string>();

@Controller('phone')
class FloorController {
  readonly #statements: FloorStatements;

  constructor(@Inject(DataSource) dataSource: DataSource) {
    this.#statements = new FloorStatements(dataSource);
  }

  @Post('register')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async register(@Body() body: unknown) {
    const phoneNumber = readNumber(read(RegisterBody, body).phone_number);
    const now = Date.now();
    const securityCode = String(randomInt(10 ** CODE_LENGTH)).padStart(CODE_LENGTH, '0');
    const sessionToken = randomBytes(32).toString('base64url');
    const keys = deriveKeys(sessionToken);
    await this.#statements.insert({
      id: randomUUID(),
      phoneNumber,
      securityCode: keyedHash(keys.hash, phoneNumber, securityCode),
      sealedCode: seal(keys.seal, phoneNumber, securityCode),
      sessionToken: hash('sha256', sessionToken),
      expiresAt: now + EXPIRES_IN_SECONDS * 1000,
      now,
    });
    sentCodes.set(phoneNumber, securityCode);
    return {
      session_token: sessionToken,
      expires_in: EXPIRES_IN_SECONDS,
      resend_in: RESEND_IN_SECONDS,
      code_length: CODE_LENGTH,
    };
  }

  @Post('verify')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async verify(@Body() body: unknown) {
    const fields = read(VerifyBody, body);
    const phoneNumber = readNumber(fields.phone_number);
    const verificationToken = randomBytes(32).toString('base64url');
    const isCorrect = await this.#statements.check({
      phoneNumber,
      securityCode: keyedHash(deriveKeys(fields.session_token).hash, phoneNumber, fields.security_code),
      sessionToken: hash('sha256', fields.session_token),
      verificationToken: hash('sha256', verificationToken),
      now: Date.now(),
    });
    if (!isCorrect) throw new BadRequestException();
    return {
      message: 'Security code is valid.',
      phone_number: phoneNumber,
      verification_token: verificationToken,
    };
  }
}

function read<Fields extends object>(type: new () => Fields, body: unknown): Fields {
  const fields = plainToInstance(type, body, { excludeExtraneousValues: true });
  if (validateSync(fields).length > 0) throw new BadRequestException();
  return fields;
}

/** The type shows whether a number is valid, and whether it can receive messages. */
function readNumber(text: string): string {
  const number = parsePhoneNumberFromString(text, { extract: false });
  const type = number?.getType();
  if (number === undefined || type === undefined || type === 'PREMIUM_RATE') throw new BadRequestException();
  return number.number;
}

function deriveKeys(sessionToken: string): { hash: Buffer; seal: Buffer } {
  const bytes = Buffer.from(hkdfSync('sha256', sessionToken, '', 'floor', 64));
  return { hash: bytes.subarray(0, 32), seal: bytes.subarray(32) };
}

function keyedHash(key: Buffer, phoneNumber: string, securityCode: string): string {
  return `1.${createHmac('sha256', key).update(`${phoneNumber} ${securityCode}`).digest('hex')}`;
}

function seal(key: Buffer, phoneNumber: string, securityCode: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(phoneNumber));
  const sealed = [nonce, cipher.update(securityCode.padEnd(32), 'ascii'), cipher.final(), cipher.getAuthTag()];
  return `1.${Buffer.concat(sealed).toString('base64url')}`;
}

/** The application. Its table is the library's, from the same migrations. */
export function createModule({ database }: { database: DataSourceOptions }): unknown {
  @Module({
    imports: [TypeOrmModule.forRoot({ ...database, migrations: phoneVerifyMigrations, migrationsRun: true })],
    controllers: [FloorController],
  })
  class FloorModule {}
  return FloorModule;
}
