//! The letters of pictures: fonts that lie beside this crate, so that a picture is the same on every machine.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, Tree, fontdb};
use std::io;
use std::sync::Arc;
use ttf_parser::Face;

/// The weight of running text.
pub const REGULAR: u16 = 400;
/// The weight of titles.
pub const BOLD: u16 = 600;

const SANS: &[u8] = include_bytes!("../fonts/Inter-Regular.ttf");
const SANS_BOLD: &[u8] = include_bytes!("../fonts/Inter-SemiBold.ttf");
const MONO: &[u8] = include_bytes!("../fonts/JetBrainsMono-Regular.ttf");
const MONO_BOLD: &[u8] = include_bytes!("../fonts/JetBrainsMono-SemiBold.ttf");

/// The fonts, read.
pub struct Letters {
    faces: [Face<'static>; 2],
    options: usvg::Options<'static>,
}

impl Letters {
    /// Reads them.
    pub fn read() -> io::Result<Self> {
        let face = |bytes| Face::parse(bytes, 0).map_err(io::Error::other);
        let faces = [face(SANS)?, face(SANS_BOLD)?];
        let mut fonts = fontdb::Database::new();
        for bytes in [SANS, SANS_BOLD, MONO, MONO_BOLD] {
            fonts.load_font_data(bytes.to_vec());
        }
        fonts.set_sans_serif_family("Inter");
        fonts.set_monospace_family("JetBrains Mono NL");
        let options = usvg::Options {
            fontdb: Arc::new(fonts),
            font_family: "Inter".to_owned(),
            ..usvg::Options::default()
        };
        Ok(Self { faces, options })
    }

    /// The width of a text in pixels.
    pub fn width(&self, text: &str, weight: u16, size: f32) -> f32 {
        let face = &self.faces[usize::from(weight >= BOLD)];
        let units: u32 = text
            .chars()
            .filter_map(|letter| face.glyph_hor_advance(face.glyph_index(letter)?))
            .map(u32::from)
            .sum();
        units as f32 * size / f32::from(face.units_per_em())
    }

    /// A text in lines of at most so many pixels; a word that is wider has a line of its own.
    pub fn wrap(&self, text: &str, weight: u16, size: f32, room: f32) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            match lines.last_mut() {
                Some(line) if self.width(&format!("{line} {word}"), weight, size) <= room => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        lines
    }

    /// The characters of a text that these fonts do not have.
    #[cfg(test)]
    pub fn missing(&self, text: &str) -> String {
        let known = |letter| {
            self.faces
                .iter()
                .all(|face| face.glyph_index(letter).is_some())
        };
        text.chars()
            .filter(|it| !it.is_control() && !known(*it))
            .collect()
    }

    /// A picture as PNG, in so many pixels.
    pub fn png(&self, svg: &str, width: u32, height: u32) -> io::Result<Vec<u8>> {
        let tree = Tree::from_str(svg, &self.options).map_err(io::Error::other)?;
        let mut paper = Pixmap::new(width, height)
            .ok_or_else(|| io::Error::other("a picture without pixels"))?;
        resvg::render(&tree, Transform::default(), &mut paper.as_mut());
        // Nothing shines through, so a pixel is three bytes.
        let pixels: Vec<u8> = paper
            .pixels()
            .iter()
            .flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()])
            .collect();
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        let mut writer = encoder.write_header().map_err(io::Error::other)?;
        writer.write_image_data(&pixels).map_err(io::Error::other)?;
        writer.finish().map_err(io::Error::other)?;
        Ok(bytes)
    }
}
