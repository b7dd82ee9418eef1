import { Es256Signer, type SigningKey } from './sign.js';

/** Where the keys are kept; the first one signs. */
interface Keys {
  loadWithVersion(): Promise<{ keys: readonly SigningKey[]; version: string }>;
}

/** Signs tokens of one kind with the key of today. */
export class ActiveSigner {
  private current: Promise<Es256Signer> | undefined;
  private version = '';

  constructor(
    private readonly keys: Keys,
    private readonly typ: string,
  ) {}

  /** Not inside a transaction: the first time it makes or opens the key. What failed is tried again by the next who asks. */
  get(): Promise<Es256Signer> {
    this.current ??= this.open().catch((error: unknown) => {
      this.current = undefined;
      throw error;
    });
    return this.current;
  }

  /** Takes the key of another version of the keys, if they have changed. Whoever signs just now still does so with the old one. */
  async follow(version: string): Promise<void> {
    if (this.current === undefined || version === this.version) return;
    this.current = Promise.resolve(await this.open());
  }

  private async open(): Promise<Es256Signer> {
    const { keys, version } = await this.keys.loadWithVersion();
    const signer = await Es256Signer.of(keys[0] as SigningKey, this.typ);
    this.version = version;
    return signer;
  }
}
