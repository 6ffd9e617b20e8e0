//! Text with indented lines.

/// Lines of code.
#[derive(Default)]
pub(super) struct Writer {
    text: String,
    depth: usize,
    tab: &'static str,
}

impl Writer {
    /// Indents by this at each depth.
    pub fn new(tab: &'static str) -> Self {
        Self {
            tab,
            ..Self::default()
        }
    }

    /// A line, or several.
    pub fn line(&mut self, line: &str) {
        for line in line.split('\n') {
            if !line.is_empty() {
                for _ in 0..self.depth {
                    self.text.push_str(self.tab);
                }
                self.text.push_str(line);
            }
            self.text.push('\n');
        }
    }

    /// A line, after which it goes deeper.
    pub fn open(&mut self, line: &str) {
        self.line(line);
        self.depth += 1;
    }

    /// One level up, and a line.
    pub fn close(&mut self, line: &str) {
        self.up();
        self.line(line);
    }

    /// One level up.
    pub fn up(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// An empty line.
    pub fn blank(&mut self) {
        self.text.push('\n');
    }

    /// All of it.
    pub fn finish(self) -> String {
        self.text
    }
}
