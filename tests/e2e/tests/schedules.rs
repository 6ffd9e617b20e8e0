//! All schedules of the drawing: counted in the worker, beside the page.

use rowlock_e2e::{DESKTOP, LONGEST_PAUSE, PHONE, Page, Theme, crowd};
use serde_json::{Value, json};

fn open(page: &Page) {
    page.wait_for("#schedules-tab");
    page.click("#schedules-tab");
}

/// Waits until all that is counted is about the drawing, and the strategies are through.
fn wait_until_over(page: &Page) {
    page.wait_until(
        "all is counted",
        "return document.querySelector('#schedules[data-phase=over] .headline:not(.old)') !== null \
         && document.querySelectorAll('#strategies tr[data-fresh=true]').length === 12",
        &[],
    );
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn two_cashiers_have_fifty_schedules_forty_of_them_wrong() {
    let page = Page::open(DESKTOP, Theme::Light, "#g=two-cashiers");
    page.wait_for(".verdict");
    let loads = "return performance.getEntriesByType('resource').some((it) => it.name.endsWith('/worker.js'))";
    assert_eq!(page.script(loads, &[]), Value::Bool(false), "loaded early");
    open(&page);
    page.wait_for_text(
        "#schedules-headline",
        "50 ways to interleave; 40 go wrong (lost update).",
    );
    page.wait_for_text("#outcomes tr.is-wrong[data-count='40'] .ratio", "80 %");
    page.wait_for_text("#outcomes tr.is-correct[data-count='10']", "✓ correct");
    page.wait_for_text("#outcomes tr.is-wrong", "stock: (id = 42, quantity = 9)");
    page.wait_for_text("#outcomes tr.is-wrong", "Cashier A: committed");
    wait_until_over(&page);
    page.wait_for_text("#strategies tr[data-strategy=none] .wrong", "✗ 80 %");
    page.wait_for_text("#strategies-answer", "Correct in every schedule: ");
    // A strategy is picked where it is compared.
    page.click("#strategies tr[data-strategy=pessimistic] button");
    page.wait_for_text("#schedules-headline", "none goes wrong.");
    page.wait_for("#outcomes tr.is-correct");
    assert_eq!(page.count("#outcomes tr.is-wrong"), 0);
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_schedule_is_drawn_and_undone() {
    let page = Page::open(DESKTOP, Theme::Dark, "#g=two-cashiers");
    open(&page);
    wait_until_over(&page);
    page.wait_for("#verdict[data-kind=anomaly]");
    page.click("#outcomes tr.is-correct .draw-it");
    page.wait_for("#verdict[data-kind=correct]");
    // It is another drawing with the same schedules.
    wait_until_over(&page);
    page.wait_for_text("#schedules-headline", "50 ways to interleave; 40 go wrong");
    page.keys("body", "\u{E009}z\u{E000}");
    page.wait_for("#verdict[data-kind=anomaly]");
    page.wait_for("#outcomes tr.is-wrong .draw-it:not(:disabled)");
    page.click("#outcomes tr.is-wrong .draw-it");
    page.wait_for("#verdict[data-kind=anomaly]");
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn what_is_far_too_big_is_counted_beside_the_page_and_stopped() {
    let page = Page::open(PHONE, Theme::Light, "#g=two-cashiers");
    open(&page);
    wait_until_over(&page);
    let text = crowd(8, 12).replace("{edit}", "5");
    page.script("document.querySelectorAll('.sides button')[0].click()", &[]);
    page.fill("#scenario-text", &text);
    page.wait_for_text("#schedules-progress", "states so far");
    let pause = page.script_async(LONGEST_PAUSE, &[]);
    let pause = pause.as_f64().unwrap_or(f64::MAX);
    assert!(pause < 1000.0, "the page stood still for {pause} ms");
    page.click("#schedules-stop");
    page.wait_for_text("#schedules-bounds", "You stopped it after");
    page.wait_for_text("#schedules-headline", "At least ");
    page.wait_for("#schedules[data-phase=over]");
    // The page lives on, and so does the worker.
    page.click("#schedules-again");
    page.wait_for("#schedules[data-phase=counting]");
    page.script("location.hash = '#g=two-cashiers&strategy=atomic'", &[]);
    page.wait_for_text("#schedules-headline", "none goes wrong.");
    wait_until_over(&page);
}

/// From now on workers are made of another file, are counted, and the last of them can be looked at.
const REPLACE_WORKERS: &str = "window.Real ??= Worker;
    window.made ??= 0;
    const file = arguments[0];
    window.Worker = function (address, options) {
      window.made += 1;
      return window.last = new window.Real(file ?? address, options);
    };";

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn without_its_worker_the_page_says_so_and_lives_on() {
    let page = Page::open(DESKTOP, Theme::Light, "#g=two-cashiers");
    page.wait_for(".verdict");
    page.script(REPLACE_WORKERS, &["none.js".into()]);
    open(&page);
    page.wait_for_text("#schedules-headline", "could not be loaded");
    page.click("#strategy-atomic");
    page.wait_for("#verdict[data-kind=correct]");
    // The new drawing is tried as well, when it has rested.
    page.wait_until("another is made", "return window.made === 2", &[]);
    page.wait_for_text("#schedules-headline", "could not be loaded");
    page.wait_for("#schedules[data-phase=failed]");
    // That a file did not come is in the console, as it must be.
    let errors = page.errors();
    assert!(errors.iter().all(|it| it.contains("none.js")), "{errors:?}");
    page.script(REPLACE_WORKERS, &[Value::Null]);
    // The other strategy is counted by itself, and it depends on the moment which worker is asked.
    page.wait_until(
        "it is counted, if need be when asked again",
        "const again = document.querySelector('#schedules[data-phase=failed] #schedules-again');
         // Who asks again before the worker has started has another started.
         if (again && !(performance.now() - window.asked < 2000)) {
           window.asked = performance.now();
           again.click();
         }
         return document.querySelector('#schedules-headline').textContent.includes('none goes wrong.')",
        &[],
    );
    wait_until_over(&page);
    // One that breaks down, as when memory is out, takes nothing with it either.
    page.script(
        "window.last.dispatchEvent(new ErrorEvent('error', { cancelable: true }))",
        &[],
    );
    page.wait_for_text("#schedules-headline", "ran out of memory or broke down");
    assert!(page.count("#outcomes tr.is-correct") > 0);
    page.click("#schedules-again");
    page.wait_for_text("#schedules-headline", "none goes wrong.");
    wait_until_over(&page);
}

/// Workers are noted: how many were made, how many ended, and the kinds of what they answered (4: a question is answered to the end).
const WATCH_WORKERS: &str = "window.made = window.ended = 0;
    window.heard = [];
    const Real = Worker;
    window.Worker = class extends Real {
      constructor(...all) {
        super(...all);
        made += 1;
        this.addEventListener('message', ({ data }) => heard.push(data[0]));
      }
      terminate() {
        ended += 1;
        super.terminate();
      }
    };";

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn when_a_visit_rests_a_worker_is_made_ready_and_answers_the_first_question() {
    let page = Page::start();
    page.set_viewport(DESKTOP);
    page.before_each_page(WATCH_WORKERS);
    page.go("#g=two-cashiers");
    page.wait_for(".verdict");
    page.touch();
    page.wait_until(
        "it has counted a story under every strategy",
        "return heard.includes(4)",
        &[],
    );
    let workers = "return [made, ended]";
    assert_eq!(page.script(workers, &[]), json!([1, 0]));
    open(&page);
    page.wait_for_text("#schedules-headline", "50 ways to interleave; 40 go wrong");
    wait_until_over(&page);
    assert_eq!(page.script(workers, &[]), json!([1, 0]), "the same worker");
    // Who leaves the room gives back what it took.
    page.click("#tables-tab");
    page.wait_until("it has ended", "return made === 1 && ended === 1", &[]);
    assert_eq!(page.errors(), Vec::<String>::new());
}

#[test]
#[ignore = "needs a browser: cargo xtask test"]
fn a_figure_has_no_worker_before_somebody_asks_for_one() {
    let page = Page::start();
    page.set_viewport(DESKTOP);
    page.before_each_page(WATCH_WORKERS);
    page.visit(&format!("{}?embed#g=two-cashiers", Page::home()));
    page.wait_for(".embed .sequence svg.sq");
    page.touch();
    // Longer than a page of its own waits with that.
    page.script_async("setTimeout(arguments[0], 3000)", &[]);
    assert_eq!(page.script("return made", &[]), json!(0));
}
