//! What the visitor does, and what the page knows after it.

use super::changes::EMPTY;
use super::*;
use rowlock_engine::link::encode_text;
use rowlock_engine::verdict::VerdictKind;
use yew::Reducible as _;

pub(super) fn after(page: Playground, action: Action) -> Playground {
    Playground::clone(&Rc::new(page).reduce(action))
}

#[test]
fn the_first_view_shows_a_lost_update_and_a_click_cures_it() {
    let page = Playground::start("", None, None);
    assert_eq!(page.show.verdict.kind, VerdictKind::Anomaly);
    let page = after(page, Action::PickStrategy(Strategy::ATOMIC));
    assert_eq!(page.show.verdict.kind, VerdictKind::Correct);
    assert!(page.text.contains("\nstrategy: atomic\n"));
    assert_eq!(page.story, Some("two-cashiers"));
}

#[test]
fn a_change_of_the_drawing_is_one_of_the_text_and_can_be_undone() {
    let page = Playground::start("", None, None);
    let first = page.text.clone();
    let swap = Edit::MoveSteps {
        steps: vec![StepId(1)],
        to: 0,
        session: None,
    };
    let page = after(page, Action::Change(swap));
    assert!(page.text.contains("timeline:\n  A: SELECT"));
    assert_eq!(
        (&*page.told, page.story),
        ("Moved, 1 of 8, Cashier A.", None)
    );
    let page = after(page, Action::Change(Edit::RemoveSteps(vec![StepId(99)])));
    assert_eq!(&*page.told, "There is no such step.");
    let page = after(page, Action::Undo);
    assert_eq!((&*page.text, page.story), (&*first, Some("two-cashiers")));
    let page = after(page, Action::Redo);
    assert!(page.text.contains("timeline:\n  A: SELECT"));
}

#[test]
fn typing_in_one_line_is_undone_at_once() {
    let page = Playground::start("", None, None);
    let first = page.text.clone();
    let typed = |page: Playground, from: &str, to: &str| {
        let text = page.text.replacen(from, to, 1);
        after(page, Action::EditText(text.into()))
    };
    let page = typed(page, "title: Two", "title: Twx");
    let page = typed(page, "title: Twx", "title: Tw");
    let page = typed(page, "sessions:\n", "sessions:\n\n");
    let page = after(page, Action::Undo);
    assert!(page.text.starts_with("title: Tw cashiers"));
    let page = after(page, Action::Undo);
    assert_eq!(page.text, first);
}

#[test]
fn while_the_text_is_broken_the_last_good_run_stays() {
    let page = Playground::start("", None, None);
    let show = page.show.clone();
    let broken = page.text.replace("COMMIT", "COMIT");
    let page = after(page, Action::EditText(broken.into()));
    assert_eq!(page.errors.len(), 2);
    assert!(page.show == show);
}

#[test]
fn a_link_is_followed_to_its_step_and_the_draft_is_kept() {
    let text = STORIES[3].text;
    let fragment = format!("#s={}&step=7", encode_text(text));
    let page = Playground::start(&fragment, Some("title: mine\n".to_owned()), None);
    assert_eq!((&*page.text, page.position), (text, 7));
    let page = after(page, Action::GoBack);
    assert_eq!(&*page.text, "title: mine\n");
}

#[test]
fn what_a_link_compares_and_where_its_chance_begins_is_the_page_s() {
    let page = Playground::start("#g=two-buyers&compare=none,atomic&seed=7", None, None);
    assert_eq!(*page.compare, [Strategy::None, Strategy::ATOMIC]);
    assert_eq!(page.seed, Some(7));
    let page = after(page, Action::Compare(vec![Strategy::ATOMIC]));
    let page = after(page, Action::Seed(8));
    assert_eq!((page.compare.len(), page.seed), (1, Some(8)));
    // Another link says all of it.
    let page = after(page, Action::FollowLink("#g=two-cashiers".to_owned()));
    assert_eq!((page.compare.len(), page.seed), (0, None));
}

#[test]
fn a_new_scenario_keeps_the_old_work_and_can_be_undone() {
    let page = Playground::start("", Some("title: mine\n".to_owned()), None);
    let page = after(page, Action::New);
    assert_eq!((&*page.text, page.show.scenario.sessions.len()), (EMPTY, 2));
    assert_eq!(page.replaced.as_deref(), Some("title: mine\n"));
    let page = after(page, Action::Undo);
    assert_eq!(&*page.text, "title: mine\n");
    // What is saved under a name is not in danger.
    let page = after(page, Action::KeepAs(Some("7".into())));
    let page = after(page, Action::PickStory("two-cashiers"));
    assert_eq!(
        (page.replaced.as_deref(), page.saved.as_deref()),
        (None, None)
    );
    let page = after(page, Action::OpenSaved("7".into(), "title: mine\n".into()));
    assert_eq!(page.saved.as_deref(), Some("7"));
}

#[test]
fn what_was_worked_on_last_is_offered_once() {
    let last = || Some("title: from yesterday\n".to_owned());
    let page = Playground::start("", None, last());
    assert!(page.left.is_some() && page.story == Some("two-cashiers"));
    let page = after(page, Action::GoOn);
    assert_eq!((&*page.text, page.left), ("title: from yesterday\n", None));
    let page = Playground::start("", last(), last());
    assert_eq!(page.left, None);
    let story = Some(STORIES[2].text.to_owned());
    assert_eq!(Playground::start("", None, story).left, None);
}

#[test]
fn a_drawing_whose_names_mean_nothing_can_still_be_edited() {
    let page = Playground::start("", None, None);
    let show = page.show.clone();
    // Without the SELECT its variable has no value.
    let gone = Edit::RemoveSteps(vec![StepId(1)]);
    let page = after(page, Action::Change(gone));
    assert!(page.readable && page.show == show);
    assert_eq!(page.drawing.scenario.timeline.len(), 7);
    let wrong = page.drawing.step_of(&page.errors[0]);
    assert_eq!(wrong, Some(StepId(3)));
    assert!(page.told.contains("Now there is an error"), "{}", page.told);
    let page = after(page, Action::Change(Edit::RemoveSteps(vec![StepId(3)])));
    assert!(page.errors.is_empty() && page.show != show);
}

#[test]
fn a_big_drawing_is_run_when_its_drag_rests() {
    let mut text = String::from("timeline:\n");
    for step in 0..80 {
        text.push_str(&format!("  A: SELECT {step}\n"));
    }
    let page = after(
        Playground::start("", None, None),
        Action::EditText(text.into()),
    );
    let (first, show) = (page.text.clone(), page.show.clone());
    let shift = |from: usize, to: usize| Edit::MoveSteps {
        steps: vec![StepId(from)],
        to,
        session: None,
    };
    let page = after(page, Action::Change(shift(0, 2)));
    assert!(!page.behind && page.show != show);
    let show = page.show.clone();
    let page = after(page, Action::GoOnChanging(shift(1, 3)));
    assert!(page.behind && page.show == show);
    let page = after(page, Action::CatchUp);
    assert!(!page.behind && page.show.drawing == page.drawing);
    let page = after(page, Action::Undo);
    assert_eq!(page.text, first);
}

#[test]
fn a_broken_link_changes_nothing_and_says_which_case_it_is() {
    let page = Playground::start("", Some("title: mine\n".to_owned()), None);
    let link = encode_text(STORIES[1].text);
    let page = after(
        page,
        Action::FollowLink(format!("#s={}", &link[..link.len() / 2])),
    );
    assert_eq!(&*page.text, "title: mine\n");
    assert_eq!(
        page.broken_link.as_ref().map(|broken| broken.error.case()),
        Some("cut-off")
    );
    let page = after(page, Action::OpenReadablePart);
    assert!(page.text.starts_with("title: Two editors"));
    assert_eq!(page.replaced.as_deref(), Some("title: mine\n"));
}

#[test]
fn what_comes_in_never_loses_what_was_there() {
    let page = Playground::start("", Some("title: mine\n".to_owned()), None);
    let asks = Fragment::parse("#strategy=atomic&step=2");
    let story = &STORIES[0];
    let open = Action::Open(story.text.into(), Some(story.slug), Box::new(asks));
    let page = after(page, open);
    assert_eq!((page.story, page.position), (Some(story.slug), 2));
    assert!(page.text.contains("strategy: atomic"));
    assert_eq!(page.replaced.as_deref(), Some("title: mine\n"));
    let page = after(page, Action::GoBack);
    assert_eq!(&*page.text, "title: mine\n");
    // A text with an error is open too: the editor shows where.
    let broken = Action::Open("timeline:\n  A: SELEC".into(), None, Box::default());
    let page = after(page, broken);
    assert!(!page.errors.is_empty());
    assert_eq!(page.replaced.as_deref(), Some("title: mine\n"));
}

#[test]
fn the_player_stops_at_the_end_and_begins_anew() {
    let page = Playground::start("", None, None);
    let end = page.show.run.events.len();
    let page = after(after(page, Action::Seek(end)), Action::TogglePlay);
    assert_eq!((page.playing, page.position), (true, 0));
    let page = after(after(page, Action::Seek(end - 1)), Action::TogglePlay);
    let page = after(page, Action::Advance);
    assert_eq!((page.playing, page.position), (false, end));
    let page = after(after(page, Action::Step(1)), Action::Step(-1));
    assert_eq!((page.playing, page.position), (false, end - 1));
}
