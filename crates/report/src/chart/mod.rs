//! Charts as SVG of our own. Places along the page are per cent of its width, those down it are pixels, so that texts keep their
//! size on a phone and on paper. Shapes stand in a drawing of their own within the chart ([`plane`]), which is a thousand units
//! wide however wide the page is; lines and dots keep their thickness there.
//!
//! Colours stand in the style sheet only ([`STYLE`]), by class. What a chart says by colour it says by dashes, hollow marks or
//! words too.

pub(crate) mod bars;
pub(crate) mod dots;
pub(crate) mod lines;
pub(crate) mod pyramid;
pub(crate) mod scale;
pub(crate) mod stacked;

/// The style of charts, which stands in the page once. The colours are those of Okabe and Ito, which people tell apart whatever
/// colours they see.
pub(crate) const STYLE: &str = include_str!("chart.css");

/// Colours, and kinds of dashes.
pub(crate) const COLOURS: usize = 7;

/// The width for which an SVG is written that stands alone, in pixels.
const ALONE: u32 = 720;

/// Units across a [`plane`].
const ACROSS: f64 = 1000.0;

/// A chart.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Drawing {
    /// Elements of SVG.
    pub(crate) body: String,
    /// Pixels.
    pub(crate) height: u32,
    /// What it shows, in one line.
    pub(crate) title: String,
    /// What it says, in numbers.
    pub(crate) description: String,
}

impl Drawing {
    /// As it stands in the page.
    pub(crate) fn inline(&self, id: &str) -> String {
        let Self { body, height, title, description } = self;
        let (title, description) = (escaped(title), escaped(description));
        format!(
            "<svg class=\"chart\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\" width=\"100%\" height=\"{height}\">\
             <title id=\"{id}-t\">{title}</title><desc id=\"{id}-d\">{description}</desc>{body}</svg>"
        )
    }

    /// A file of its own, with as much of the style as it needs.
    pub(crate) fn alone(&self) -> String {
        let Self { body, height, title, description } = self;
        let (title, description, style) = (escaped(title), escaped(description), style_of(body));
        format!(
            "<svg xmlns='http://www.w3.org/2000/svg' class='chart' role='img' width='{ALONE}' height='{height}' font-family='sans-serif'>\
             <title>{title}</title><desc>{description}</desc><style>{style}</style>\
             <path fill='#fff' d='M0 0h{ALONE}v{height}H0z'/>{body}</svg>"
        )
    }
}

/// The rules of the style whose classes are used.
fn style_of(body: &str) -> String {
    let classes = body.split("class='").skip(1).filter_map(|rest| rest.split('\'').next());
    let used: Vec<&str> = classes.flat_map(str::split_whitespace).chain(["chart"]).collect();
    let is_used = |rule: &&str| {
        let selectors = rule.split('{').next().unwrap_or_default();
        selectors.split(['.', ',', ' ']).any(|class| used.contains(&class))
    };
    STYLE.split_inclusive('}').filter(is_used).collect()
}

/// A text in markup.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A text that fits beside others: cut where it is longer than so many characters. The table has all of it.
fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most - 1).collect();
    format!("{}…", cut.trim_end())
}

/// A coordinate, with one decimal where it needs one: the same bytes on every machine.
fn at(number: f64) -> String {
    let text = format!("{number:.1}");
    match text.strip_suffix(".0") {
        Some("-0") => "0".to_owned(),
        Some(whole) => whole.to_owned(),
        None => text,
    }
}

/// A text at a place: per cent across, pixels down.
fn text(x: f64, y: f64, text: &str) -> String {
    let x = if x == 0.0 { String::new() } else { format!(" x='{}%'", at(x)) };
    format!("<text{x} y='{}'>{}</text>", at(y), escaped(text))
}

/// Elements that have something in common.
fn group(class: &str, elements: &str) -> String {
    if elements.is_empty() { String::new() } else { format!("<g class='{class}'>{elements}</g>") }
}

/// A drawing within the chart, so many pixels high, whose units across are thousandths of its width. `x` and `width` are per cent.
fn plane(x: f64, width: f64, y: f64, height: f64, paths: &str) -> String {
    let x = if x == 0.0 { String::new() } else { format!(" x='{}%'", at(x)) };
    format!(
        "<svg{x} y='{}' width='{}%' height='{2}' viewBox='0 0 {ACROSS} {2}' preserveAspectRatio='none' overflow='visible'>{paths}</svg>",
        at(y),
        at(width),
        at(height)
    )
}

/// A path of a class; nothing where it has no points.
fn path(class: &str, points: &str) -> String {
    if points.is_empty() { String::new() } else { format!("<path class='{class}' d='{points}'/>") }
}

/// A rectangle as a part of a path.
fn block(x: f64, y: f64, width: f64, height: f64) -> String {
    format!("M{} {}h{w}v{}h-{w}z", at(x), at(y), at(height), w = at(width))
}

/// What colours and dashes stand for: a line of its own for each, above the chart. Gives back the height of all of them.
fn legend(body: &mut String, names: &[String], is_line: bool) -> f64 {
    for (index, name) in names.iter().enumerate() {
        let y = 16.0 * index as f64;
        let colour = index % COLOURS;
        if is_line {
            *body += &path(&format!("l c{colour}"), &format!("M0 {}h28", at(y + 8.0)));
        } else {
            *body += &path(&format!("f{colour}"), &block(0.0, y + 2.0, 12.0, 12.0));
        }
        let x = if is_line { 34 } else { 18 };
        *body += &format!("<text x='{x}' y='{}'>{}</text>", at(y + 12.0), escaped(&short(name, 52)));
    }
    16.0 * names.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_markup_and_numbers_are_short() {
        assert_eq!(escaped("<\"a\" & 'b'>"), "&lt;&quot;a&quot; &amp; &#39;b&#39;&gt;");
        let table = [(0.0, "0"), (-0.01, "0"), (1.25, "1.2"), (33.333, "33.3"), (100.0, "100")];
        for (number, expected) in table {
            assert_eq!(at(number), expected);
        }
        assert_eq!((short("abcdef", 6), short("abc defg", 5)), ("abcdef".to_owned(), "abc…".to_owned()));
    }

    #[test]
    fn a_file_has_the_style_that_it_needs() {
        let style = style_of("<path class='f1' d=''/><g class='s e'></g>");
        assert!(style.contains(".f1") && style.contains(".s") && style.contains(".chart"), "{style}");
        assert!(!style.contains("c0") && !style.contains(".k"), "{style}");
    }
}
