/** Who is at work on the same thing in this process. Nothing depends on it but who waits where. */
export class Crowd {
  private readonly members = new Map<string, number>();

  async among<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.members.set(name, this.size(name) + 1);
    try {
      return await work();
    } finally {
      this.leave(name);
    }
  }

  /** More than one is there. */
  isOne(name: string): boolean {
    return this.size(name) > 1;
  }

  private size(name: string): number {
    return this.members.get(name) ?? 0;
  }

  private leave(name: string): void {
    const left = this.size(name) - 1;
    if (left > 0) this.members.set(name, left);
    else this.members.delete(name);
  }
}
