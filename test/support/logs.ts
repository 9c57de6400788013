import type { LoggerService } from '@nestjs/common';

/** A logger that records the lines of every level. */
export class RecordedLogs implements LoggerService {
  readonly lines: string[] = [];

  get text(): string {
    return this.lines.join('\n');
  }

  log(...parts: unknown[]): void {
    this.#keep('log', parts);
  }

  error(...parts: unknown[]): void {
    this.#keep('error', parts);
  }

  warn(...parts: unknown[]): void {
    this.#keep('warn', parts);
  }

  debug(...parts: unknown[]): void {
    this.#keep('debug', parts);
  }

  verbose(...parts: unknown[]): void {
    this.#keep('verbose', parts);
  }

  fatal(...parts: unknown[]): void {
    this.#keep('fatal', parts);
  }

  #keep(level: string, parts: readonly unknown[]): void {
    this.lines.push(`${level}: ${parts.map(String).join(' ')}`);
  }
}
