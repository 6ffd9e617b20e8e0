//! A page in a browser of its own.

use crate::bidi::Line;
use crate::firefox::{self, Geckodriver};
use crate::{base64, http};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

/// How long something may take to appear. A slow machine is no failure; only never is.
const PATIENCE: Duration = Duration::from_secs(20);

/// As in `webdriver.json`, which the component tests use.
const FLAGS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--lang=en-US",
];

/// The size of what is visible of the page, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Viewport {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// A large screen.
pub const DESKTOP: Viewport = Viewport {
    width: 1440,
    height: 900,
};
/// A tablet held sideways, or a small window.
pub const TABLET: Viewport = Viewport {
    width: 1024,
    height: 768,
};
/// A phone.
pub const PHONE: Viewport = Viewport {
    width: 390,
    height: 844,
};

/// Shift, Ctrl, Alt and Meta, which are held until [`RELEASE`].
const MODIFIERS: [char; 4] = ['\u{E008}', '\u{E009}', '\u{E00A}', '\u{E03D}'];
const RELEASE: char = '\u{E000}';

/// What points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pointer {
    /// A mouse.
    Mouse,
    /// A finger on a screen.
    Finger,
}

/// What the visitor's system prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// Its name in `prefers-color-scheme`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// A page in a browser session of its own. It ends with this value, and fails the test then if
/// the console held an error.
///
/// It is Chromium, or Firefox where `ROWLOCK_BROWSER` says so; that has no commands of the DevTools protocol.
pub struct Page {
    driver: String,
    session: String,
    firefox: Option<Firefox>,
}

/// What is Firefox's own.
struct Firefox {
    line: RefCell<Line>,
    _driver: Geckodriver,
}

impl Page {
    /// Starts a browser and opens the page. `address` is what follows the page's own address:
    /// a query, a fragment, both or nothing.
    #[track_caller]
    pub fn open(viewport: Viewport, theme: Theme, address: &str) -> Self {
        let page = Self::start();
        page.set_viewport(viewport);
        page.set_theme(theme);
        page.go(address);
        page
    }

    /// Starts a browser with nothing open.
    #[track_caller]
    pub fn start() -> Self {
        if env::var("ROWLOCK_BROWSER").is_ok_and(|name| name == "firefox") {
            return Self::firefox();
        }
        let driver = variable("ROWLOCK_CHROMEDRIVER_URL");
        let wanted = json!({
            "browserName": "chrome",
            "goog:chromeOptions": { "args": FLAGS },
            "goog:loggingPrefs": { "browser": "ALL" },
            "timeouts": { "script": 110_000 },
        });
        let (session, _) = begin(&driver, &wanted);
        Self {
            driver,
            session,
            firefox: None,
        }
    }

    #[track_caller]
    fn firefox() -> Self {
        let own = Geckodriver::start(&variable("ROWLOCK_GECKODRIVER"));
        let wanted = json!({
            "browserName": "firefox",
            "moz:firefoxOptions": { "args": ["-headless"] },
            "webSocketUrl": true,
        });
        let (session, can) = begin(&own.url, &wanted);
        let line = Line::open(can["webSocketUrl"].as_str().unwrap_or_default());
        Self {
            driver: own.url.clone(),
            session,
            firefox: Some(Firefox {
                line: RefCell::new(line),
                _driver: own,
            }),
        }
    }

    /// Opens the page. `address` is what follows its own address. It is a real load, even if
    /// only the fragment differs.
    #[track_caller]
    pub fn go(&self, address: &str) {
        self.post("/url", json!({ "url": "about:blank" }));
        self.visit(&format!("{}{address}", variable("ROWLOCK_DIST_URL")));
        self.wait_until_live();
    }

    /// Loads the page anew.
    #[track_caller]
    pub fn reload(&self) {
        self.post("/refresh", json!({}));
    }

    /// Waits until the program has put itself in the place of the picture of the first view.
    #[track_caller]
    pub fn wait_until_live(&self) {
        self.wait_until(
            "the program is there",
            "return document.readyState !== 'loading' && !document.querySelector('#app[data-still]')",
            &[],
        );
    }

    /// Goes into a frame: what comes next is about what is in it.
    #[track_caller]
    pub fn enter(&self, selector: &str) {
        let element = self.element(selector);
        let id = json!({ "element-6066-11e4-a52e-4f735466cecf": element });
        self.post("/frame", json!({ "id": id }));
    }

    /// Goes back to the page as a whole.
    #[track_caller]
    pub fn leave(&self) {
        self.post("/frame", json!({ "id": null }));
    }

    /// The address of the page under test.
    #[track_caller]
    pub fn home() -> String {
        variable("ROWLOCK_DIST_URL")
    }

    /// Opens another page than ours, by its whole address.
    #[track_caller]
    pub fn visit(&self, url: &str) {
        self.post("/url", json!({ "url": url }));
    }

    /// Opens another tab of the same browser, goes there, and says how to come back (`switch`).
    #[track_caller]
    pub fn new_tab(&self) -> String {
        let here = self.request("GET", "/window", None);
        let made = self.post("/window/new", json!({ "type": "tab" }));
        self.switch(made["handle"].as_str().unwrap_or_default());
        here.as_str().unwrap_or_default().to_owned()
    }

    /// Goes to another tab; returns the one that was left.
    #[track_caller]
    pub fn switch(&self, tab: &str) -> String {
        let here = self.request("GET", "/window", None);
        self.post("/window", json!({ "handle": tab }));
        here.as_str().unwrap_or_default().to_owned()
    }

    /// Has a script run in each page before any of its own.
    #[track_caller]
    pub fn before_each_page(&self, script: &str) {
        if let Some(firefox) = &self.firefox {
            let function = format!("() => {{ {script} }}");
            let script = json!({ "functionDeclaration": function });
            firefox.tell("script.addPreloadScript", script);
        } else {
            self.devtools(
                "Page.addScriptToEvaluateOnNewDocument",
                json!({ "source": script }),
            );
        }
    }

    /// Makes the visible part exactly so large.
    #[track_caller]
    pub fn set_viewport(&self, viewport: Viewport) {
        if let Some(firefox) = &self.firefox {
            let tab = self.request("GET", "/window", None);
            let size = json!({ "width": viewport.width, "height": viewport.height });
            let size = json!({ "context": tab, "viewport": size, "devicePixelRatio": 1 });
            firefox.tell("browsingContext.setViewport", size);
        } else {
            self.emulate(viewport, false);
        }
    }

    /// A screen of this size, of a phone or of a desk.
    #[track_caller]
    fn emulate(&self, viewport: Viewport, mobile: bool) {
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            json!({
                "width": viewport.width,
                "height": viewport.height,
                "deviceScaleFactor": 1,
                "mobile": mobile,
            }),
        );
    }

    /// Sets what the system prefers.
    #[track_caller]
    pub fn set_theme(&self, theme: Theme) {
        self.set_media(&[("prefers-color-scheme", theme.name())]);
    }

    /// Sets media features, as `("prefers-reduced-motion", "reduce")`. Those not named go back to
    /// the browser's own.
    #[track_caller]
    pub fn set_media(&self, features: &[(&str, &str)]) {
        if self.firefox.is_some() {
            for (name, value) in features {
                let (pref, value) = firefox::preference(name, value);
                self.prefer(pref, value);
            }
            return;
        }
        let features: Vec<Value> = features
            .iter()
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect();
        self.devtools(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        );
    }

    /// Whether the page is shown as it is on paper.
    #[track_caller]
    pub fn set_paper(&self, is_on_paper: bool) {
        let medium = if is_on_paper { "print" } else { "" };
        if self.firefox.is_some() {
            self.chrome(
                "gBrowser.selectedBrowser.browsingContext.mediumOverride = arguments[0]",
                &[medium.into()],
            );
        } else {
            self.devtools("Emulation.setEmulatedMedia", json!({ "media": medium }));
        }
    }

    /// Whether pages may run scripts.
    #[track_caller]
    pub fn set_scripts(&self, may_run: bool) {
        if self.firefox.is_some() {
            self.chrome(
                "Services.prefs.setBoolPref('javascript.enabled', arguments[0])",
                &[may_run.into()],
            );
        } else {
            self.devtools(
                "Emulation.setScriptExecutionDisabled",
                json!({ "value": !may_run }),
            );
        }
    }

    /// Sets a preference of Firefox.
    #[track_caller]
    fn prefer(&self, pref: &str, value: i32) {
        self.chrome(
            "Services.prefs.setIntPref(arguments[0], arguments[1])",
            &[pref.into(), value.into()],
        );
    }

    /// Whether it is Firefox, of which some things are known to be other.
    pub fn is_firefox(&self) -> bool {
        self.firefox.is_some()
    }

    /// Runs a script in Firefox itself, which may do there what it likes.
    #[track_caller]
    fn chrome(&self, body: &str, arguments: &[Value]) {
        self.post("/moz/context", json!({ "context": "chrome" }));
        self.script(body, arguments);
        self.post("/moz/context", json!({ "context": "content" }));
    }

    /// Sends a command of the DevTools protocol, which only Chromium's driver has.
    #[track_caller]
    pub fn devtools(&self, command: &str, params: Value) -> Value {
        self.post(
            "/goog/cdp/execute",
            json!({ "cmd": command, "params": params }),
        )
    }

    /// Moves a mouse over the page, and does no more: a first sign of a visitor.
    #[track_caller]
    pub fn touch(&self) {
        self.pointer(Pointer::Mouse, vec![go(&(500, 300), 0)]);
    }

    /// Runs the body of a function in the page and returns what it returns. `arguments` are its
    /// arguments.
    #[track_caller]
    pub fn script(&self, body: &str, arguments: &[Value]) -> Value {
        self.post(
            "/execute/sync",
            json!({ "script": body, "args": arguments }),
        )
    }

    /// The same for a function that waits: its last argument is what it calls with its result.
    #[track_caller]
    pub fn script_async(&self, body: &str, arguments: &[Value]) -> Value {
        self.post(
            "/execute/async",
            json!({ "script": body, "args": arguments }),
        )
    }

    /// Waits until a script that returns a truth value returns true.
    #[track_caller]
    pub fn wait_until(&self, what: &str, body: &str, arguments: &[Value]) {
        let start = Instant::now();
        while self.script(body, arguments) != Value::Bool(true) {
            if start.elapsed() > PATIENCE {
                panic!(
                    "waited {} s in vain: {what}\nThe page says: {}\nThe console: {:#?}",
                    PATIENCE.as_secs(),
                    self.text("body"),
                    self.errors()
                );
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until an element that a CSS selector finds holds a text.
    #[track_caller]
    pub fn wait_for_text(&self, selector: &str, text: &str) {
        self.wait_until(
            &format!("`{text}` in `{selector}`"),
            "return [...document.querySelectorAll(arguments[0])]
                .some(element => element.textContent.includes(arguments[1]))",
            &[selector.into(), text.into()],
        );
    }

    /// Waits until a CSS selector finds something.
    #[track_caller]
    pub fn wait_for(&self, selector: &str) {
        self.wait_until(
            &format!("an element `{selector}`"),
            "return document.querySelector(arguments[0]) !== null",
            &[selector.into()],
        );
    }

    /// The visible text of the first element that a CSS selector finds, or nothing.
    #[track_caller]
    pub fn text(&self, selector: &str) -> String {
        let text = self.script(
            "return document.querySelector(arguments[0])?.innerText ?? ''",
            &[selector.into()],
        );
        text.as_str().unwrap_or_default().to_owned()
    }

    /// How many elements a CSS selector finds.
    #[track_caller]
    pub fn count(&self, selector: &str) -> usize {
        let count = self.script(
            "return document.querySelectorAll(arguments[0]).length",
            &[selector.into()],
        );
        count.as_u64().unwrap_or_default() as usize
    }

    /// Clicks as a visitor does: the element must be there, visible and uncovered.
    #[track_caller]
    pub fn click(&self, selector: &str) {
        for attempt in 1.. {
            let element = self.element(selector);
            let path = format!("/session/{}/element/{element}/click", self.session);
            match http::request(&self.driver, "POST", &path, Some(&json!({}))) {
                Ok(_) => return,
                // It was drawn anew between the look and the click.
                Err(error) if attempt < 3 && error.to_string().contains("stale element") => {}
                Err(error) => panic!("a click on `{selector}`: {error}"),
            }
        }
    }

    /// Types into an element, as keys: `\u{E007}` is Enter, `\u{E004}` Tab, as WebDriver has them.
    #[track_caller]
    pub fn keys(&self, selector: &str, keys: &str) {
        let element = self.element(selector);
        let path = format!("/element/{element}/value");
        if self.firefox.is_none() {
            self.post(&path, json!({ "text": keys }));
            return;
        }
        // Firefox's driver types so fast that a page has no time to answer one key before the next, which no hand does.
        let mut held = String::new();
        for key in keys.chars() {
            held.push(key);
            let holds = MODIFIERS.contains(&held.chars().next().unwrap_or_default());
            if !holds || key == RELEASE {
                self.post(&path, json!({ "text": held }));
                held.clear();
            }
        }
        if !held.is_empty() {
            self.post(&path, json!({ "text": held }));
        }
    }

    /// Presses keys wherever the focus is, one after the other.
    #[track_caller]
    pub fn press(&self, keys: &str) {
        let actions: Vec<Value> = keys
            .chars()
            .flat_map(|key| {
                ["keyDown", "keyUp"].map(|action| json!({ "type": action, "value": key }))
            })
            .collect();
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": actions });
        self.post("/actions", json!({ "actions": [keyboard] }));
    }

    /// Makes the page one for fingers: touch events, and a coarse pointer.
    #[track_caller]
    pub fn set_touch(&self, viewport: Viewport) {
        if self.firefox.is_some() {
            self.set_viewport(viewport);
            // 1: coarse, and nothing hovers.
            for pref in [
                "ui.primaryPointerCapabilities",
                "ui.allPointerCapabilities",
                "dom.w3c_touch_events.enabled",
            ] {
                self.prefer(pref, 1);
            }
            return;
        }
        self.emulate(viewport, true);
        let touch = json!({ "enabled": true, "maxTouchPoints": 1 });
        self.devtools("Emulation.setTouchEmulationEnabled", touch);
    }

    /// The middle of an element in what is visible, to which it is scrolled.
    #[track_caller]
    pub fn middle(&self, selector: &str) -> (i64, i64) {
        self.wait_for(selector);
        let found = self.script(
            "const element = document.querySelector(arguments[0]);
             element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
             let box = element.getBoundingClientRect();
             // Firefox scrolls to the picture and not to what is in it.
             if (box.top < 0 || box.bottom > innerHeight) {
               scrollBy(0, box.top - innerHeight / 2);
               box = element.getBoundingClientRect();
             }
             return [Math.round(box.left + box.width / 2), Math.round(box.top + box.height / 2)];",
            &[selector.into()],
        );
        let at = |place: usize| found[place].as_i64().unwrap_or_default();
        (at(0), at(1))
    }

    /// A pointer goes down at the first point, rests there, goes over the others and up at the last.
    #[track_caller]
    pub fn drag(&self, pointer: Pointer, rest: Duration, points: &[(i64, i64)]) {
        let (first, others) = points.split_first().expect("a drag begins somewhere");
        let mut actions = vec![
            go(first, 0),
            json!({ "type": "pointerDown", "button": 0 }),
            json!({ "type": "pause", "duration": rest.as_millis() as u64 }),
        ];
        actions.extend(others.iter().map(|point| go(point, 120)));
        actions.push(json!({ "type": "pointerUp", "button": 0 }));
        self.pointer(pointer, actions);
    }

    #[track_caller]
    fn pointer(&self, pointer: Pointer, actions: Vec<Value>) {
        let kind = match pointer {
            Pointer::Mouse => "mouse",
            Pointer::Finger => "touch",
        };
        let source = json!({
            "type": "pointer", "id": kind, "parameters": { "pointerType": kind }, "actions": actions,
        });
        self.post("/actions", json!({ "actions": [source] }));
    }

    /// A finger touches an element.
    #[track_caller]
    pub fn tap(&self, selector: &str) {
        let at = self.middle(selector);
        self.drag(Pointer::Finger, Duration::ZERO, &[at]);
    }

    /// Replaces a field's text in one edit, as a paste does.
    #[track_caller]
    pub fn fill(&self, selector: &str, text: &str) {
        self.wait_for(selector);
        self.script(
            "const field = document.querySelector(arguments[0]);
             field.focus();
             field.value = arguments[1];
             field.dispatchEvent(new InputEvent('input', { bubbles: true }));",
            &[selector.into(), text.into()],
        );
    }

    /// How many sheets of A4 the page is on paper, as Chromium prints it. (Firefox packs what a PDF says of its pages.)
    #[track_caller]
    pub fn printed_sheets(&self) -> usize {
        // A4 in centimetres, where the page does not say otherwise.
        let paper = json!({ "page": { "width": 21.0, "height": 29.7 } });
        let pdf = self.post("/print", paper);
        let pdf = base64::decode(pdf.as_str().unwrap_or_default());
        let sheet = b"/Type /Page\n";
        pdf.windows(sheet.len()).filter(|it| it == sheet).count()
    }

    /// Role and name of what has the focus, as the browser tells them to others.
    #[track_caller]
    pub fn focused(&self) -> String {
        let active = self.request("GET", "/element/active", None);
        let active = active.as_object().and_then(|it| it.values().next());
        let id = active.and_then(Value::as_str).unwrap_or_default();
        let [role, name] = ["computedrole", "computedlabel"].map(|what| {
            let said = self.request("GET", &format!("/element/{id}/{what}"), None);
            said.as_str().unwrap_or_default().to_owned()
        });
        format!("{role}: {name}")
    }

    /// The address that the browser shows.
    #[track_caller]
    pub fn address(&self) -> String {
        self.request("GET", "/url", None)
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Takes a picture of what is visible into `target/shots/NAME.png` and says where it is.
    #[track_caller]
    pub fn screenshot(&self, name: &str) -> PathBuf {
        let picture = self.request("GET", "/screenshot", None);
        let folder = env::var_os("ROWLOCK_SHOTS").map_or_else(
            || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/shots"),
            PathBuf::from,
        );
        let file = folder.join(format!("{name}.png"));
        fs::create_dir_all(&folder)
            .and_then(|()| fs::write(&file, base64::decode(picture.as_str().unwrap_or_default())))
            .unwrap_or_else(|error| panic!("cannot write {}: {error}", file.display()));
        file
    }

    /// What the console held of errors since this was last asked: thrown, logged, or failed to
    /// load.
    #[track_caller]
    pub fn errors(&self) -> Vec<String> {
        if let Some(firefox) = &self.firefox {
            return firefox.line.borrow_mut().errors();
        }
        let entries = self.post("/se/log", json!({ "type": "browser" }));
        let entries = entries.as_array().cloned().unwrap_or_default();
        entries
            .iter()
            .filter(|entry| entry["level"] == "SEVERE")
            .map(|entry| entry["message"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// Waits for an error that must come, and takes it: the console hears of a file that is missing when it likes.
    #[track_caller]
    pub fn wait_for_error(&self) {
        let start = Instant::now();
        while self.errors().is_empty() {
            let late = start.elapsed() > PATIENCE;
            assert!(!late, "the console holds no error");
            thread::sleep(Duration::from_millis(20));
        }
    }

    #[track_caller]
    fn element(&self, selector: &str) -> String {
        self.wait_for(selector);
        let found = self.post(
            "/element",
            json!({ "using": "css selector", "value": selector }),
        );
        let id = found.as_object().and_then(|object| object.values().next());
        id.and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    #[track_caller]
    fn post(&self, path: &str, body: Value) -> Value {
        self.request("POST", path, Some(&body))
    }

    #[track_caller]
    fn request(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let whole = format!("/session/{}{path}", self.session);
        http::request(&self.driver, method, &whole, body)
            .unwrap_or_else(|error| panic!("{path}: {error}"))
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let errors = if thread::panicking() {
            Vec::new()
        } else {
            self.errors()
        };
        let path = format!("/session/{}", self.session);
        let _ = http::request(&self.driver, "DELETE", &path, None);
        assert!(errors.is_empty(), "the console held errors: {errors:#?}");
    }
}

impl Firefox {
    #[track_caller]
    fn tell(&self, method: &str, params: Value) {
        self.line.borrow_mut().command(method, params);
    }
}

/// Begins a session: its number, and what its browser can.
#[track_caller]
fn begin(driver: &str, wanted: &Value) -> (String, Value) {
    let wanted = json!({ "capabilities": { "alwaysMatch": wanted } });
    let mut answer = http::request(driver, "POST", "/session", Some(&wanted))
        .unwrap_or_else(|error| panic!("the browser does not start: {error}"));
    let session = answer["sessionId"].as_str().unwrap_or_default().to_owned();
    (session, answer["capabilities"].take())
}

/// A pointer goes to a point, in so many milliseconds.
fn go((x, y): &(i64, i64), duration: u64) -> Value {
    json!({ "type": "pointerMove", "duration": duration, "x": x, "y": y })
}

#[track_caller]
fn variable(name: &str) -> String {
    env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: run this through `cargo xtask test`"))
}
