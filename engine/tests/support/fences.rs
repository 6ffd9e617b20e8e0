//! The fenced blocks of a Markdown page.

/// A fenced block.
pub struct Fence {
    /// What stands behind the fence that opens it.
    pub language: String,
    /// What is inside, each line with its end.
    pub text: String,
    /// The place in the page's lines of the one behind the block, from 0.
    #[allow(dead_code, reason = "not every test looks at what is said below")]
    pub after: usize,
}

/// The fenced blocks of a page, in order; a block inside another is a part of that one.
pub fn fences(page: &str) -> Vec<Fence> {
    let mut fences = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((_, line)) = lines.next() {
        let fence: String = line.chars().take_while(|mark| *mark == '`').collect();
        if fence.len() < 3 {
            continue;
        }
        let (mut text, mut after) = (String::new(), usize::MAX);
        for (number, inside) in lines.by_ref() {
            if inside == fence {
                after = number + 1;
                break;
            }
            text += inside;
            text.push('\n');
        }
        fences.push(Fence {
            language: line[fence.len()..].to_owned(),
            text,
            after,
        });
    }
    fences
}
