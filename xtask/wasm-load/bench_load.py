"""The same traffic with SimPy: optimistic locking with retries, and pessimistic locking, on one row at lambda t = 0.5.

Counts the events that the engine counts: an arrival, the begin of an attempt with its read, a lock asked for, a lock granted,
a write, the end of an attempt. Checks the conflict probability against the closed form (0.5 for both), so that what is timed is
the same model. Prints lines of the table: name, median, 95th percentile (the slow end), unit, separated by tabs. Processor time.
"""

import random
import time

import simpy

LAMBDA, T = 2.0, 0.25
ARRIVALS, ROUNDS = 20_000, 5


class Traffic:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.env = simpy.Environment()
        self.lock = simpy.Resource(self.env, capacity=1)
        self.version = 0
        self.events = self.attempts = self.conflicts = 0
        self.latencies = []

    def optimistic(self):
        arrived = self.env.now
        while True:
            seen = self.version
            yield self.env.timeout(T)
            self.events += 3
            self.attempts += 1
            if self.version == seen:
                break
            self.conflicts += 1
        self.version += 1
        self.latencies.append(self.env.now - arrived)

    def pessimistic(self):
        arrived = self.env.now
        self.attempts += 1
        with self.lock.request() as request:
            self.conflicts += not request.triggered
            yield request
            yield self.env.timeout(T)
            self.version += 1
        self.events += 5
        self.latencies.append(self.env.now - arrived)

    def arrivals(self, client):
        for _ in range(ARRIVALS):
            yield self.env.timeout(self.random.expovariate(LAMBDA))
            self.events += 1
            self.env.process(client())


for name in ("optimistic", "pessimistic"):
    rates = []
    for seed in range(ROUNDS):
        traffic = Traffic(seed)
        traffic.env.process(traffic.arrivals(getattr(traffic, name)))
        start = time.process_time()
        traffic.env.run()
        rates.append(traffic.events / (time.process_time() - start) / 1e6)
        share = traffic.conflicts / traffic.attempts
        assert abs(share - 0.5) < 0.03, f"{name}: {share} is not the closed form's 0.5"
    rates.sort()
    print(f"load: {name}, with SimPy {simpy.__version__}\t{rates[ROUNDS // 2]:.2f}\t{rates[0]:.2f}\tM events/s")
