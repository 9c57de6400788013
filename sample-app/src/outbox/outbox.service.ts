import { BadRequestException, Inject, Injectable, NotFoundException, type OnModuleDestroy } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { type BaseBackend, PHONE_VERIFY_BACKEND, SandboxBackend, type SandboxMessage } from 'nestjs-phone-verify';
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { concatMap, interval, map, type Observable, ReplaySubject, startWith, takeUntil } from 'rxjs';

/** How often the stream checks for new messages. */
const LOOK_EVERY_MS = 200;

/** How many existing messages the stream begins with. */
const RECENT = 3;

/** The sandbox's messages, so that the flow can be tried without a phone. Never in production. */
@Injectable()
export class OutboxService implements OnModuleDestroy {
  readonly #end = new ReplaySubject<void>(1);

  constructor(
    @Inject(PHONE_VERIFY_BACKEND) private readonly backend: BaseBackend<unknown>,
    private readonly config: ConfigService,
  ) {}

  get isShown(): boolean {
    return this.config.get('NODE_ENV') !== 'production' && this.backend instanceof SandboxBackend;
  }

  /** Ends the streams, which would otherwise be pending requests forever. */
  onModuleDestroy(): void {
    this.#end.next();
  }

  /** All messages, oldest first. */
  list(): readonly SandboxMessage[] {
    if (!this.isShown || !(this.backend instanceof SandboxBackend)) throw new NotFoundException();
    return this.backend.outbox;
  }

  /**
   * The latest messages to a number, and new ones as they are sent.
   *
   * @param text - The number as the person wrote it, with `+`. It comes from a query, so it can be of any type.
   */
  watch(text: unknown): Observable<SandboxMessage> {
    const sent = this.list();
    if (typeof text !== 'string') throw new BadRequestException('to must be a phone number');
    const phoneNumber = parsePhoneNumberFromString(text)?.number;
    let last = sent.filter(({ to }) => to === phoneNumber).at(-RECENT - 1);
    return interval(LOOK_EVERY_MS).pipe(
      startWith(0),
      map(() => this.list()),
      concatMap((messages) => {
        const fresh = messages.slice(last === undefined ? 0 : messages.indexOf(last) + 1);
        last = messages.at(-1);
        return fresh.filter(({ to }) => to === phoneNumber);
      }),
      takeUntil(this.#end),
    );
  }
}
