//! The picture that goes with a link: 1200 by 630 pixels, drawn by the engine from the first story.

use rowlock_engine::export::Export;
use rowlock_engine::gallery::STORIES;
use rowlock_engine::markup::attribute;

/// The picture as SVG; a browser makes the PNG of it that lies in `static/`.
pub fn svg() -> String {
    let Some(played) = STORIES
        .first()
        .and_then(|story| crate::stories::play(story).ok())
    else {
        return String::new();
    };
    let files = Export::Svg.files(&played.subject(620)).unwrap_or_default();
    let diagram = files.first().map_or("", |file| file.text.as_str());
    // The drawing is one element; it keeps its size, and its lower end fades.
    let inside = diagram.find("<svg").map_or("", |start| &diagram[start..]);
    let inside = inside.replacen("<svg", "<svg x=\"540\" y=\"40\"", 1);
    let sentence = lines(&played.verdict.sentence, 30);
    let spans: String = sentence
        .iter()
        .enumerate()
        .map(|(line, text)| {
            format!(
                "<tspan x=\"56\" y=\"{}\">{}</tspan>",
                330 + 40 * line,
                attribute(text)
            )
        })
        .collect();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1200\" height=\"630\" viewBox=\"0 0 1200 630\">\
         <rect width=\"1200\" height=\"630\" fill=\"#f6f7f9\"/>{inside}\
         <linearGradient id=\"fade\" x2=\"0\" y2=\"1\"><stop offset=\"0\" stop-color=\"#f6f7f9\" stop-opacity=\"0\"/>\
         <stop offset=\"1\" stop-color=\"#f6f7f9\"/></linearGradient>\
         <rect x=\"530\" y=\"480\" width=\"670\" height=\"150\" fill=\"url(#fade)\"/>\
         <g font-family=\"system-ui, Segoe UI, Roboto, Helvetica, Arial, sans-serif\" fill=\"#1b1f24\">\
         <text x=\"56\" y=\"130\" font-size=\"72\" font-weight=\"700\">Rowlock</text>\
         <text x=\"56\" y=\"184\" font-size=\"30\" fill=\"#57606a\">Concurrent transactions,</text>\
         <text x=\"56\" y=\"222\" font-size=\"30\" fill=\"#57606a\">drawn and played</text>\
         <text font-size=\"29\" fill=\"#b3261e\">{spans}</text></g></svg>\n"
    )
}

/// A sentence in lines of so many letters.
fn lines(sentence: &str, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in sentence.split_whitespace() {
        let line = lines
            .last_mut()
            .filter(|line| line.is_empty() || line.len() + word.len() < most);
        match line {
            Some(line) => {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines
}
