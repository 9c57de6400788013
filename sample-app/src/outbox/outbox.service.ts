import { BadRequestException, Inject, Injectable, NotFoundException, type OnModuleDestroy } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { type BaseBackend, PHONE_VERIFY_BACKEND, SandboxBackend, type SandboxMessage } from 'nestjs-phone-verify';
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { concatMap, interval, map, type Observable, ReplaySubject, startWith, takeUntil } from 'rxjs';

/** How often the stream looks for new messages. */
const LOOK_EVERY_MS = 200;

/** Of the messages that are there already, how many the stream begins with. */
const RECENT = 3;

/** The messages of the sandbox, so that the flow can be tried without a phone. Never in production. */
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

  /** Ends the streams: they would be requests in flight for ever. */
  onModuleDestroy(): void {
    this.#end.next();
  }

  /** All messages, oldest first. */
  list(): readonly SandboxMessage[] {
    if (!this.isShown || !(this.backend instanceof SandboxBackend)) throw new NotFoundException();
    return this.backend.outbox;
  }

  /**
   * The last messages to a number, and those that come.
   *
   * @param text - As the person wrote it, with `+`: the page knows no other form. A query may have anything there.
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
