/** Where clients reach Parley. */
export class PublicUrl {
  constructor(readonly href: string) {}

  get origin(): string {
    return new URL(this.href).origin;
  }
}
