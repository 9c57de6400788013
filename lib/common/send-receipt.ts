/**
 * What a backend returns when it accepted a message.
 *
 * @publicApi
 */
export interface SendReceipt {
  /** Name of the backend that accepted it. */
  readonly backend: string;
  /** The provider's id of the message. */
  readonly messageId?: string | undefined;
  /** Segments that the provider counted. */
  readonly segments?: number | undefined;
}
