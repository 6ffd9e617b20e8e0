// What stands for a worker until there is one. Nothing is posted to it before it has said that it listens. The address that the
// page knows has a hash in it, so that no browser takes an old script for the new.
const here = document.currentScript.src;
class Worker {
  constructor(address) {
    const go = () => {
      if (this.over) return;
      this.it = new self.Worker(self.rowlockWorker);
      this.it.onmessage = (event) => this.onmessage?.(event);
      this.it.onerror = (event) => this.onerror?.(event);
    };
    if (self.rowlockWorker) return void go();
    const script = document.createElement('script');
    script.src = new URL(`rowlock-sandbox-worker.js?${address}`, here);
    script.onload = go;
    script.onerror = (event) => this.onerror?.(event);
    document.head.append(script);
  }
  postMessage(message) {
    this.it?.postMessage(message);
  }
  terminate() {
    this.over = true;
    this.it?.terminate();
  }
}
