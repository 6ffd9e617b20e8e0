//! Each row's versions at the position, and who sees which: MVCC made visible.

use crate::session_mark::{class, mark};
use crate::shared::Shared;
use crate::state::Show;
use crate::tables::shown;
use rowlock_engine::db::xact::Fate;
use rowlock_engine::run::{Maker, RowView, TableView, Version, view_at};
use rowlock_engine::scenario::SessionId;
use yew::prelude::*;

/// More rows than this are not shown with their versions.
const MOST_ROWS: usize = 24;

/// What the room shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The run on the screen.
    pub show: Shared<Show>,
    /// How many events have happened.
    pub position: usize,
}

/// The room.
#[component]
pub fn Versions(props: &Props) -> Html {
    let show = &props.show;
    let all = use_state(|| false);
    let view = use_memo((show.clone(), props.position), |(show, position)| {
        view_at(&show.plan, &show.run, *position)
    });
    let toggle = {
        let all = all.clone();
        Callback::from(move |_| all.set(!*all))
    };
    let wanted = |row: &&RowView| *all || row.versions.len() > 1 || !row.is_there();
    let mut left = MOST_ROWS;
    let mut hidden = 0;
    let tables: Vec<Html> = view
        .tables
        .iter()
        .map(|table| {
            let rows: Vec<Html> = table
                .rows
                .iter()
                .filter(wanted)
                .filter(|_| {
                    let fits = left > 0;
                    left = left.saturating_sub(1);
                    hidden += usize::from(!fits);
                    fits
                })
                .map(|row| chain(show, table, row))
                .collect();
            html! { <>{ for rows }</> }
        })
        .collect();
    let none = left == MOST_ROWS;
    html! {
        <div class="versions" id="versions">
            <p class="muted">
                { "An UPDATE makes a new version; readers that must not see it yet go on with the old one. Seen by: whose next query would find it." }
                <label><input type="checkbox" id="all-versions" checked={*all} onchange={toggle} />{ " Rows with one version too" }</label>
            </p>
            { for tables }
            if none {
                <p>{ "At this step every row has one version, and everybody sees it." }</p>
            }
            if hidden > 0 {
                <p class="muted">{ format!("{hidden} more rows are not shown.") }</p>
            }
        </div>
    }
}

fn chain(show: &Show, table: &TableView, row: &RowView) -> Html {
    let title = format!("{} {}", table.name, row.key);
    html! {
        <div class="wide" tabindex="0" role="group" aria-label={format!("Versions of {title}")}>
        <table class="grid chain">
            <caption>{ title }{ if row.is_there() { "" } else { " (gone)" } }</caption>
            <thead><tr>
                <th scope="col">{ "Version" }</th>
                { for table.columns.iter().map(|column| html! { <th scope="col"><code>{ column }</code></th> }) }
                <th scope="col">{ "Made by" }</th>
                <th scope="col">{ "Ended by" }</th>
                <th scope="col">{ "Locked by" }</th>
                <th scope="col">{ "Seen by" }</th>
            </tr></thead>
            <tbody>{ for row.versions.iter().map(|version| line(show, version)) }</tbody>
        </table>
        </div>
    }
}

fn line(show: &Show, version: &Version) -> Html {
    let state = match (version.made, version.end.map(|end| end.fate)) {
        (Fate::Aborted, _) => "never",
        (Fate::InProgress, _) => "open",
        (_, Some(Fate::Committed)) => "old",
        _ => "newest",
    };
    let end = version.end.map(|end| {
        let what = match end.next {
            Some(next) => format!(" → v{next}"),
            None => " (deleted)".to_owned(),
        };
        html! { <>{ maker(show, end.by) }{ what }{ fate(end.fate) }</> }
    });
    html! {
        <tr class={state}>
            <th scope="row">{ format!("v{}", version.number) }</th>
            { for version.values.iter().map(|value| html! { <td>{ shown(value) }</td> }) }
            <td>{ maker(show, version.maker) }{ fate(version.made) }</td>
            <td>{ end.unwrap_or_else(|| html! { "–" }) }</td>
            <td>{ for version.locks.iter().map(|claim| html! { <span class="item">{ who(show, claim.session) }{ " " }<code>{ claim.mode }</code></span> }) }</td>
            <td>
                { for version.seen_by.iter().map(|session| html! { <span class="item">{ who(show, *session) }</span> }) }
                if version.seen_by.is_empty() { { "nobody" } }
            </td>
        </tr>
    }
}

fn fate(fate: Fate) -> &'static str {
    match fate {
        Fate::InProgress => ", not committed",
        Fate::Committed => "",
        Fate::Aborted => ", rolled back",
    }
}

fn maker(show: &Show, maker: Maker) -> Html {
    match maker {
        Maker::Setup => html! { "set-up" },
        Maker::Session(session) => who(show, session),
    }
}

/// A session's mark and name.
pub fn who(show: &Show, session: SessionId) -> Html {
    let name = show.scenario.sessions.get(session.0);
    let name = name.map_or("", |session| session.display_name());
    html! { <span class={classes!("session", class(session))}><span aria-hidden="true">{ mark(session) }</span>{ " " }{ name }</span> }
}
