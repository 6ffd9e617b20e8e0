//! A page for each story: what it is, its picture, and a link to where it can be played with.

use crate::card;
use crate::letters::Letters;
use rowlock_engine::diagram::svg::LIGHT;
use rowlock_engine::export::{Export, Look, Subject};
use rowlock_engine::gallery::{STORIES, Story};
use rowlock_engine::markup::attribute;
use rowlock_engine::run::{Run, execute};
use rowlock_engine::scenario::{Scenario, read};
use rowlock_engine::strategy::{Plan, plan};
use rowlock_engine::verdict::{Judge, Verdict};
use std::path::Path;
use std::{fs, io};

/// How wide a picture is.
const WIDTH: i32 = 720;

/// A story that has been played.
pub struct Played {
    /// The story.
    pub story: &'static Story,
    /// Its scenario.
    pub scenario: Scenario,
    /// What is sent.
    pub plan: Plan,
    /// What happened.
    pub run: Run,
    /// What is said of it.
    pub verdict: Verdict,
}

/// Plays a story.
pub fn play(story: &'static Story) -> io::Result<Played> {
    let trouble =
        |what: &dyn std::fmt::Debug| io::Error::other(format!("{}: {what:?}", story.slug));
    let scenario = read(story.text).map_err(|errors| trouble(&errors))?;
    let plan = plan(&scenario);
    let run = execute(&plan).map_err(|failure| trouble(&failure))?;
    let verdict = Judge::new(&scenario, &plan).judge(&run);
    Ok(Played {
        story,
        scenario,
        plan,
        run,
        verdict,
    })
}

impl Played {
    /// What exports are made from.
    pub fn subject(&self, width: i32) -> Subject<'_> {
        Subject {
            scenario: &self.scenario,
            plan: &self.plan,
            run: &self.run,
            verdict: &self.verdict,
            look: Look {
                width,
                theme: LIGHT,
            },
            address: "",
        }
    }
}

/// Writes them all; pictures are looked for in `keep` first.
pub fn write(dist: &Path, site: &str, keep: Option<&Path>) -> io::Result<()> {
    // A release has them in one file.
    let styles = match crate::find(dist, "styles-", ".css") {
        Ok(all) => vec![all],
        Err(_) => vec![
            crate::find(dist, "base-", ".css")?,
            crate::find(dist, "share-", ".css")?,
        ],
    };
    let link = |style: &String| format!("<link rel=\"stylesheet\" href=\"../../{style}\" />");
    let icon = crate::find(dist, "icon-", ".svg")?;
    let icon = format!("<link rel=\"icon\" href=\"../../{icon}\" type=\"image/svg+xml\" />");
    let style = icon + &styles.iter().map(link).collect::<String>();
    let letters = Letters::read()?;
    for story in STORIES {
        let played = play(story)?;
        let folder = dist.join("s").join(story.slug);
        fs::create_dir_all(&folder)?;
        let files = Export::Svg.files(&played.subject(WIDTH));
        let files = files.map_err(|why| io::Error::other(why.to_string()))?;
        for picture in files {
            fs::write(folder.join("picture.svg"), picture.text)?;
        }
        let card = card::png(&played, &letters, keep)?;
        fs::write(folder.join("card.png"), card)?;
        fs::write(folder.join("index.html"), page(&played, &style, site))?;
    }
    Ok(())
}

/// Writes the pictures that go with links, each as `SLUG.png`.
pub fn write_cards(folder: &Path) -> io::Result<()> {
    let letters = Letters::read()?;
    fs::create_dir_all(folder)?;
    for story in STORIES {
        let card = card::png(&play(story)?, &letters, None)?;
        fs::write(folder.join(format!("{}.png", story.slug)), card)?;
    }
    Ok(())
}

fn page(played: &Played, style: &str, site: &str) -> String {
    let Played {
        story,
        scenario,
        verdict,
        ..
    } = played;
    let (title, about) = (attribute(&scenario.title), attribute(&scenario.about));
    let sentence = attribute(&verdict.sentence);
    let (slug, text) = (
        story.slug,
        story.text.replace('&', "&amp;").replace('<', "&lt;"),
    );
    // Without the site's address a picture is named as it lies; browsers understand that, and some crawlers.
    let (card, own) = if site.is_empty() {
        ("card.png".to_owned(), String::new())
    } else {
        let own = format!(
            "<meta property=\"og:url\" content=\"{site}s/{slug}/\" />\n    <link rel=\"canonical\" href=\"{site}s/{slug}/\" />"
        );
        (format!("{site}s/{slug}/card.png"), own)
    };
    let (alt, width, height) = (
        attribute(&card::description(played)),
        card::WIDTH,
        card::HEIGHT,
    );
    format!(
        r#"<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>{title} · Rowlock</title>
    <meta name="description" content="{about}" />
    <meta property="og:type" content="article" />
    <meta property="og:site_name" content="Rowlock" />
    <meta property="og:title" content="{title}" />
    <meta property="og:description" content="{sentence}" />
    <meta property="og:image" content="{card}" />
    <meta property="og:image:type" content="image/png" />
    <meta property="og:image:width" content="{width}" />
    <meta property="og:image:height" content="{height}" />
    <meta property="og:image:alt" content="{alt}" />
    <meta name="twitter:card" content="summary_large_image" />
    <meta name="twitter:title" content="{title}" />
    <meta name="twitter:description" content="{sentence}" />
    <meta name="twitter:image" content="{card}" />
    <meta name="twitter:image:alt" content="{alt}" />
    {own}
    {style}
  </head>
  <body>
    <main class="story-page">
      <p><a href="../../">Rowlock</a></p>
      <h1>{title}</h1>
      <p>{about}</p>
      <p><strong>{sentence}</strong></p>
      <p><a href="../../#g={slug}">Play with it, and try other strategies</a></p>
      <img src="picture.svg" alt="Sequence diagram: {title}" />
      <pre><code>{text}</code></pre>
    </main>
  </body>
</html>
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_story_has_a_page_that_says_what_happens() {
        for story in STORIES {
            let played = play(story).expect("a story is sound");
            let page = page(&played, "", "https://rowlock.example/play/");
            assert!(page.contains(&attribute(&played.verdict.sentence)));
            let card = format!("https://rowlock.example/play/s/{}/card.png", story.slug);
            for name in ["property=\"og:image\"", "name=\"twitter:image\""] {
                assert!(page.contains(&format!("<meta {name} content=\"{card}\" />")));
            }
            assert!(page.contains("og:image:width\" content=\"1200\""));
            assert!(page.contains("og:image:height\" content=\"630\""));
            assert!(page.contains(&format!("href=\"../../#g={}\"", story.slug)));
            assert!(!page.contains("<script"));
        }
    }
}
