//! Boxes and labels stay apart and inside, whatever the graph.

use super::*;
use proptest::prelude::*;

/// Left, right, top and bottom.
type Area = (i32, i32, i32, i32);

fn areas(placed: &Placed) -> Vec<(String, Area)> {
    let boxes = placed.boxes.iter().map(|it| {
        let area = (it.x, it.x + it.width, it.y, it.y + it.height);
        (format!("box {:?}", it.lines), area)
    });
    let words = placed.tracks.iter().map(|it| &it.words);
    let words = words.chain(&placed.legend).map(|it| {
        let height = i32::try_from(it.lines.len()).unwrap() * LINE;
        let left = it.middle - it.width / 2;
        let area = (left, left + it.width, it.top, it.top + height);
        (format!("words {:?}", it.lines), area)
    });
    boxes.chain(words).collect()
}

proptest! {
    #[test]
    fn nothing_overlaps_and_nothing_is_outside(
        nodes in prop::collection::vec(prop::collection::vec("[a-zA-Z ]{1,30}", 1..4), 1..9),
        arrows in prop::collection::vec((0usize..9, 0usize..9, "[a-z =]{1,60}"), 0..14),
        width in 200i32..1200,
    ) {
        let count = nodes.len();
        let figure = Figure {
            nodes: nodes
                .into_iter()
                .enumerate()
                .map(|(place, lines)| Node {
                    lines,
                    session: (place % 2 == 0).then_some(SessionId(place)),
                    look: Look::Plain,
                })
                .collect(),
            arrows: arrows
                .into_iter()
                .filter(|(from, to, _)| *from < count && *to < count && from != to)
                .map(|(from, to, label)| Arrow {
                    from,
                    to,
                    label,
                    stroke: Stroke::Solid,
                    marked: false,
                })
                .collect(),
            legend: "What thick lines mean.".to_owned(),
        };
        let placed = place(&figure, width);
        prop_assert_eq!(placed.tracks.len(), figure.arrows.len());
        let areas = areas(&placed);
        for (index, (what, area)) in areas.iter().enumerate() {
            prop_assert!(
                area.0 >= 0 && area.1 <= placed.width && area.2 >= 0 && area.3 <= placed.height,
                "{} is outside: {:?} of {} x {}", what, area, placed.width, placed.height
            );
            for (other, b) in &areas[index + 1..] {
                let apart = area.1 <= b.0 || b.1 <= area.0 || area.3 <= b.2 || b.3 <= area.2;
                prop_assert!(apart, "{} overlaps {}: {:?} {:?}", what, other, area, b);
            }
        }
        // Arrows leave and reach their boxes at the edge, each at a place of its own.
        let mut ports: Vec<(i32, i32)> = Vec::new();
        for (track, arrow) in placed.tracks.iter().zip(&figure.arrows) {
            for ((x, y), node) in [(track.from, arrow.from), (track.to, arrow.to)] {
                let it = &placed.boxes[node];
                prop_assert!(it.x < x && x < it.x + it.width);
                prop_assert!(y == it.y || y == it.y + it.height);
                prop_assert!(!ports.contains(&(x, y)), "two arrows at {x} {y}");
                ports.push((x, y));
            }
        }
        let (picture, _) = super::figure(&figure, width);
        prop_assert_eq!(picture.matches("<g").count(), picture.matches("</g>").count());
    }
}

#[test]
fn two_boxes_and_a_cycle() {
    let arrow = |from, to, label: &str| Arrow {
        from,
        to,
        label: label.to_owned(),
        stroke: Stroke::Dashed,
        marked: true,
    };
    let node = |name: &str, place| Node {
        lines: vec![name.to_owned()],
        session: Some(SessionId(place)),
        look: Look::Plain,
    };
    let figure = Figure {
        nodes: vec![node("A & B", 0), node("C", 1)],
        arrows: vec![arrow(0, 1, "rw stock id = 42"), arrow(1, 0, "ww <x>")],
        legend: String::new(),
    };
    let placed = place(&figure, 640);
    // What goes right is above the boxes, what comes back is below.
    assert!(placed.tracks[0].y < placed.boxes[0].y);
    assert!(placed.tracks[1].y > placed.boxes[0].y + placed.boxes[0].height);
    let (picture, wide) = super::figure(&figure, 640);
    assert_eq!(wide, 640);
    assert!(picture.contains("A &amp; B") && picture.contains("ww &lt;x&gt;"));
    assert_eq!(picture.matches("arrow dashed marked").count(), 2);
    let alone = figure_to_svg(&figure, 640, "A cycle", &crate::diagram::svg::DARK);
    assert!(alone.contains("<title>A cycle</title>") && !alone.contains("var("));
    // It is the same picture, with its own style.
    assert!(alone.len() > picture.len() && alone.contains(".graph .frame"));
}
