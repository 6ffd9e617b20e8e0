//! The driver (`isolationtester.c`).
//!
//! A step is *launched* when its session is free, whatever the other sessions do. It is then either done, or *waits*: for
//! a lock that another session of the spec has, as a poll every 10 ms finds out, or because a marker holds its report
//! back. After each launch all waiting steps are tried again, the longest waiting first, and those that are done are
//! reported. Where a step is due whose session still waits, and at the end, the driver waits for the reply, so that time
//! passes until a timer goes off (deadlock, lock or statement timeout) and, after the limit, cancels it.

use super::connection::{Reply, Server};
use super::permutations::each_permutation;
use super::print::print;
use super::script::{self, NotSimulated, Scripts};
use super::spec::{Block, Marker, Permutation, Placed, Spec, parse};
use crate::db::SqlError;
use crate::sql::ast::Statement;

/// Where a line belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// The account of the run.
    Out,
    /// What is wrong with the spec.
    Err,
}

/// How to run.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// After how many seconds of simulated time a step is cancelled (`PGISOLATIONTIMEOUT`).
    pub timeout: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { timeout: 300 }
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// All permutations were played.
    Played,
    /// The spec is wrong, or a setup failed: the real driver ends here, too.
    Failed,
    /// The spec needs what Rowlock does not simulate.
    NotSimulated,
}

impl End {
    /// The exit status.
    #[must_use]
    pub fn status(self) -> u8 {
        match self {
            Self::Played => 0,
            Self::Failed => 1,
            Self::NotSimulated => 3,
        }
    }
}

/// Runs a spec and tells what happens, piece by piece.
pub fn run(text: &str, options: Options, tell: &mut dyn FnMut(Stream, &str)) -> End {
    let spec = match parse(text) {
        Ok(spec) => spec,
        Err(error) => {
            tell(Stream::Err, &format!("{error}\n"));
            return End::Failed;
        }
    };
    let scripts = match script::read(&spec) {
        Ok(scripts) => scripts,
        Err(NotSimulated(message)) => {
            tell(Stream::Err, &format!("{message}\n"));
            return End::NotSimulated;
        }
    };
    for name in spec.unused() {
        tell(Stream::Err, &format!("unused step name: {name}\n"));
    }
    let sessions = spec.sessions.len();
    tell(
        Stream::Out,
        &format!("Parsed test spec with {sessions} sessions\n"),
    );
    let names = spec.sessions.iter().map(|session| session.name.clone());
    let mut driver = Driver {
        spec: &spec,
        scripts: &scripts,
        server: Server::connect(names.collect()),
        tell,
        limit: options.timeout.saturating_mul(1000),
        notices: vec![0; sessions],
        new_notice: false,
    };
    match each_permutation(&spec, &mut |permutation| driver.play(permutation)) {
        Ok(()) => End::Played,
        Err(end) => end,
    }
}

/// How often the driver looks whether a step waits for a lock, in milliseconds.
const POLL: u64 = 10;

struct Driver<'a> {
    spec: &'a Spec,
    scripts: &'a Scripts,
    server: Server,
    tell: &'a mut dyn FnMut(Stream, &str),
    /// In milliseconds.
    limit: u64,
    /// How many each session has sent.
    notices: Vec<usize>,
    /// Whether one came since this was last reset.
    new_notice: bool,
}

/// What is known of the steps of a permutation.
struct Round<'a> {
    steps: &'a [Placed],
    /// By session: the place in the permutation of the step that was launched and not reported as done.
    active: Vec<Option<usize>>,
    /// Places of the steps that wait, the longest waiting first.
    waiting: Vec<usize>,
    /// By place: how many notices of each session its markers want to see.
    targets: Vec<Vec<usize>>,
}

/// Whether a step is tried for the first time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Try {
    First,
    Again,
}

/// What to do when a step waits for a lock.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Locks {
    /// Come back later.
    Leave,
    /// Wait for it.
    Await,
}

/// What trying a step came to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tried {
    Done,
    Waits,
}

type Outcome<T = ()> = Result<T, End>;

impl Driver<'_> {
    fn out(&mut self, text: &str) {
        (self.tell)(Stream::Out, text);
    }

    fn die(&mut self, text: &str) -> End {
        (self.tell)(Stream::Err, text);
        End::Failed
    }

    // ---- a permutation ----

    fn play(&mut self, permutation: &Permutation) -> Outcome {
        let (spec, scripts) = (self.spec, self.scripts);
        let mut title = String::from("\nstarting permutation:");
        for placed in &permutation.steps {
            title.push(' ');
            title.push_str(&spec.step(placed.step).name);
        }
        self.out(&format!("{title}\n"));
        let control = self.server.control();
        for (block, script) in spec.setups.iter().zip(&scripts.setups) {
            if let Err(message) = self.carry_out(control, "setup", block, script)? {
                return Err(self.die(&format!("setup failed: {message}")));
            }
        }
        for (place, session) in spec.sessions.iter().enumerate() {
            if let (Some(block), [Some(script), _]) = (&session.setup, &scripts.sessions[place]) {
                let what = format!("setup of session {}", session.name);
                if let Err(message) = self.carry_out(place, &what, block, script)? {
                    return Err(self.die(&format!("{what} failed: {message}")));
                }
            }
        }
        self.play_steps(&permutation.steps)?;
        for (place, session) in spec.sessions.iter().enumerate() {
            if let (Some(block), [_, Some(script)]) = (&session.teardown, &scripts.sessions[place])
            {
                let what = format!("teardown of session {}", session.name);
                if let Err(message) = self.carry_out(place, &what, block, script)? {
                    (self.tell)(Stream::Err, &format!("{what} failed: {message}"));
                }
            }
        }
        if let (Some(block), Some(script)) = (&spec.teardown, &scripts.teardown)
            && let Err(message) = self.carry_out(control, "teardown", block, script)?
        {
            (self.tell)(Stream::Err, &format!("teardown failed: {message}"));
        }
        Ok(())
    }

    /// Carries a setup or teardown out (libpq's `PQexec`): the last result counts. Inside is what libpq says of a failure.
    fn carry_out(
        &mut self,
        connection: usize,
        what: &str,
        block: &Block,
        script: &[Statement],
    ) -> Outcome<Result<(), String>> {
        self.server.send(connection, script);
        while self.server.is_busy(connection) {
            if self.server.is_still() {
                let message = format!("line {}, {what}: waits and will for ever\n", block.line);
                return Err(self.die(&message));
            }
            self.server.wait(connection, POLL);
        }
        let reply = self.server.take_reply(connection);
        for answer in &reply.answers {
            self.tell_notices(connection, &answer.notices);
        }
        if let Some(error) = &reply.error {
            self.refuse_what_is_not_simulated(what, block, error)?;
            return Ok(Err(whole_message(error)));
        }
        Ok(match reply.answers.last() {
            // An empty message is no success to the driver.
            None => Err(String::new()),
            Some(answer) => {
                if let Some(rows) = &answer.rows {
                    self.out(&print(rows));
                }
                Ok(())
            }
        })
    }

    fn refuse_what_is_not_simulated(
        &mut self,
        what: &str,
        block: &Block,
        error: &SqlError,
    ) -> Outcome {
        if error.state.0 != "0A000" || !error.message.contains("Rowlock") {
            return Ok(());
        }
        let NotSimulated(message) = NotSimulated::new(what, block, error.span, &error.message);
        (self.tell)(Stream::Err, &format!("{message}\n"));
        Err(End::NotSimulated)
    }

    /// Notices of the control connection are hidden.
    fn tell_notices(&mut self, connection: usize, notices: &[String]) {
        let Some(session) = self.spec.sessions.get(connection) else {
            return;
        };
        for notice in notices {
            (self.tell)(Stream::Out, &format!("{}: {notice}\n", session.name));
            self.notices[connection] += 1;
            self.new_notice = true;
        }
    }

    // ---- steps ----

    fn play_steps(&mut self, steps: &[Placed]) -> Outcome {
        let mut round = Round {
            steps,
            active: vec![None; self.spec.sessions.len()],
            waiting: Vec::new(),
            targets: vec![Vec::new(); steps.len()],
        };
        for (place, placed) in steps.iter().enumerate() {
            let session = placed.step.session;
            self.free(&mut round, session)?;
            let script = self.scripts.steps.get(&placed.step);
            self.server.send(session, script.map_or(&[], Vec::as_slice));
            round.active[session] = Some(place);
            round.targets[place] = self.notices.clone();
            let tried = self.try_step(&mut round, place, Try::First, Locks::Leave)?;
            self.try_waiting(&mut round, Locks::Leave)?;
            if tried == Tried::Waits {
                round.waiting.push(place);
            }
        }
        self.try_waiting(&mut round, Locks::Await)?;
        if round.waiting.is_empty() {
            return Ok(());
        }
        Err(self.die("failed to complete permutation due to mutually-blocking steps\n"))
    }

    /// Waits until a session has no step that waits.
    fn free(&mut self, round: &mut Round, session: usize) -> Outcome {
        let start = self.server.clock();
        while let Some(place) = round.active[session] {
            if self.try_step(round, place, Try::Again, Locks::Await)? == Tried::Done {
                round.waiting.retain(|&other| other != place);
            }
            self.try_waiting(round, Locks::Leave)?;
            let Some(place) = round.active[session] else {
                break;
            };
            // The driver turns round and round here; each turn takes it some time.
            self.server.pass(1);
            let time = self.server.clock() - start;
            if time > 2 * self.limit {
                let name = |place: usize| &self.spec.step(round.steps[place].step).name;
                let active = round.active.iter().flatten();
                let active: Vec<&str> = active.map(|&place| name(place).as_str()).collect();
                let message = format!(
                    "step {} timed out after {} seconds\nactive steps are: {}\n",
                    name(place),
                    time / 1000,
                    active.join(" ")
                );
                return Err(self.die(&message));
            }
        }
        Ok(())
    }

    /// Tries all steps that wait, and again as long as one that is done, or a notice, may have freed another.
    fn try_waiting(&mut self, round: &mut Round, locks: Locks) -> Outcome {
        loop {
            self.new_notice = false;
            let before = round.waiting.len();
            let mut still = Vec::new();
            for place in round.waiting.clone() {
                if self.try_step(round, place, Try::Again, locks)? == Tried::Waits {
                    still.push(place);
                }
            }
            let marked = still
                .iter()
                .any(|&place| !round.steps[place].markers.is_empty());
            let changed = still.len() < before || self.new_notice;
            round.waiting = still;
            if !(marked && changed) {
                return Ok(());
            }
        }
    }

    /// Sees how far a step has come that was launched, and reports it.
    fn try_step(
        &mut self,
        round: &mut Round,
        place: usize,
        which: Try,
        locks: Locks,
    ) -> Outcome<Tried> {
        let placed = &round.steps[place];
        let (session, step) = (placed.step.session, self.spec.step(placed.step));
        let waits = format!("step {}: {} <waiting ...>\n", step.name, step.sql.text);
        if which == Try::First && placed.markers.contains(&Marker::Once) {
            self.out(&waits);
            return Ok(Tried::Waits);
        }
        if self.await_reply(session, &step.name, locks)? == Tried::Waits {
            if which == Try::First {
                self.out(&waits);
            }
            return Ok(Tried::Waits);
        }
        self.hear(session);
        if self.is_held_back(round, place) {
            if which == Try::First {
                self.out(&waits);
            }
            return Ok(Tried::Waits);
        }
        self.out(&match which {
            Try::First => format!("step {}: {}\n", step.name, step.sql.text),
            Try::Again => format!("step {}: <... completed>\n", step.name),
        });
        let reply = self.server.take_reply(session);
        self.report(session, &reply);
        round.active[session] = None;
        if let Some(error) = &reply.error {
            let what = format!("step {}", step.name);
            self.refuse_what_is_not_simulated(&what, &step.sql, error)?;
        }
        Ok(Tried::Done)
    }

    /// Polls until a session's reply is there or, where that is enough, the session waits for a lock.
    fn await_reply(&mut self, session: usize, step: &str, locks: Locks) -> Outcome<Tried> {
        let start = self.server.clock();
        let mut cancelled = false;
        while self.server.is_busy(session) {
            self.server.wait(session, POLL);
            if locks == Locks::Leave && self.server.is_busy(session) {
                // To ask takes some time as well.
                self.server.pass(1);
                if self.server.is_busy(session) && self.server.is_blocked(session) {
                    return Ok(Tried::Waits);
                }
            }
            let time = self.server.clock() - start;
            if self.server.is_busy(session) && time > self.limit && !cancelled {
                let seconds = time / 1000;
                if !self.server.cancel(session) {
                    (self.tell)(
                        Stream::Err,
                        &format!(
                            "step {step} waits for ever, and Rowlock does not simulate cancelling\n"
                        ),
                    );
                    return Err(End::NotSimulated);
                }
                self.out(&format!(
                    "isolationtester: canceling step {step} after {seconds} seconds\n"
                ));
                cancelled = true;
            }
            if time > 2 * self.limit {
                let seconds = time / 1000;
                return Err(self.die(&format!("step {step} timed out after {seconds} seconds\n")));
            }
        }
        Ok(Tried::Done)
    }

    /// Whether a marker holds the report of a step back that is done.
    fn is_held_back(&self, round: &Round, place: usize) -> bool {
        let markers = &round.steps[place].markers;
        markers.iter().any(|marker| match *marker {
            Marker::Once => false,
            Marker::Step(other) => {
                round.active[other.session].is_some_and(|active| round.steps[active].step == other)
            }
            Marker::Notices(other, count) => {
                let before = round.targets[place][other.session];
                self.notices[other.session] < before.saturating_add(count)
            }
        })
    }

    // ---- replies ----

    /// Tells the notices that come before the first result is complete, once.
    fn hear(&mut self, session: usize) {
        let early = self.server.reply(session).early_notices();
        self.tell_notices(session, &early);
    }

    /// Prints a reply.
    fn report(&mut self, session: usize, reply: &Reply) {
        for place in 0..reply.answers.len() {
            self.tell_notices(session, &reply.notices_before(place));
            if let Some(rows) = &reply.answers[place].rows {
                self.out(&print(rows));
            }
        }
        if let Some(error) = &reply.error {
            self.out(&format!("ERROR:  {}\n", error.message));
        }
    }
}

/// What libpq says of an error, fields and all.
fn whole_message(error: &SqlError) -> String {
    let mut message = format!("ERROR:  {}\n", error.message);
    for (name, field) in [("DETAIL", &error.detail), ("HINT", &error.hint)] {
        if let Some(text) = field {
            message.push_str(&format!("{name}:  {text}\n"));
        }
    }
    message
}
