// What stands for a worker: the whole once more, in a thread. Nothing is posted to it before it has said that it listens.
class Worker {
  constructor() {
    self.rowlockWorker ??= URL.createObjectURL(new Blob([`(${rowlock})().catch(error=>postMessage(String(error)))`]));
    return new self.Worker(self.rowlockWorker);
  }
}
